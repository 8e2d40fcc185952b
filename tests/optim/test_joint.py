"""The updates of many variables in one call: the same bits as one by one, whatever the layouts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from sujeong.core.engine import load_engine

from .test_updates import CASES, SETTINGS, SLOTS, layouts

SHAPES = [(), (0,), (1,), (37,), (5, 3), (2, 3, 4, 5), (130, 70)]


def kernels(name: str) -> tuple[Any, Any]:
    """The kernel of one variable, and that of many."""
    engine = load_engine("torch")
    return engine.updates[name], engine.joint[name]


def rows(name: str, rng: Any, shapes: Any, dtype: str) -> list[list[Any]]:
    """Weights, slots and gradient of several variables."""
    made = []
    for shape in shapes:
        slots = [rng.random(shape) + 0.1 for _ in range(SLOTS[name])]
        arrays = [rng.standard_normal(shape), *slots, rng.standard_normal(shape)]
        made.append([torch.from_numpy(np.asarray(a, dtype)) for a in arrays])
    return made


def shared(name: str, dtype: str) -> list[Any]:
    """The rate, and the number of the step where it is wanted."""
    rate = torch.tensor(0.05, dtype=getattr(torch, dtype))
    return [rate, torch.tensor(3.0)] if name in ("adam_update", "amsgrad_update") else [rate]


def bits(found: Any) -> list[list[bytes]]:
    """Bytes of each result of each variable; a list of columns comes in."""
    several = found if isinstance(found, tuple) else (found,)
    return [[a.contiguous().numpy().tobytes() for a in column] for column in several]


def copies(made: list[list[Any]]) -> list[list[Any]]:
    return [[a.clone(memory_format=torch.preserve_format) for a in row] for row in made]


def one_by_one(name: str, made: list[list[Any]], rest: list[Any], settings: Any) -> Any:
    update, _ = kernels(name)
    found = [update(*row, *rest, **settings) for row in made]
    if isinstance(found[0], tuple):
        return tuple([list(c) for c in zip(*found, strict=True)])
    return found


def test_every_update_has_a_joint_kernel() -> None:
    engine = load_engine("torch")
    assert set(engine.joint) == set(SETTINGS) < set(engine.updates)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "settings"), CASES)
def test_the_same_bits_as_one_by_one(name: str, settings: Any, dtype: str, rng: Any) -> None:
    made, rest = rows(name, rng, SHAPES, dtype), shared(name, dtype)
    expected = bits(one_by_one(name, copies(made), rest, settings))
    before = bits(tuple([list(c) for c in zip(*copies(made), strict=True)]))
    _, joint = kernels(name)
    given = [list(c) for c in zip(*made, strict=True)]
    found = joint(*given, *rest, **settings)
    assert bits(found) == expected
    assert bits(found)[0] != before[0]
    columns = found if isinstance(found, tuple) else (found,)
    for mine, theirs in zip(given, columns, strict=False):
        assert all(a is b for a, b in zip(mine, theirs, strict=True)), "in place"


@pytest.mark.parametrize(("name", "settings"), CASES)
def test_layouts_do_not_matter(name: str, settings: Any, rng: Any) -> None:
    """A fused kernel pairs elements in memory order; every mixture of layouts must give the same bits."""
    rest = shared(name, "float64")
    plain = rows(name, rng, [(5, 3), (4, 6), (3, 3)], "float64")
    for position in range(SLOTS[name] + 2):
        for layout in (1, 2):
            mixed = [copies([row])[0] for row in plain]
            for row in mixed[:2]:
                row[position] = layouts(row[position])[layout]
            again = [[*row] for row in mixed]
            for row, r in zip(again, mixed, strict=True):
                row[:] = [torch.empty_strided(a.shape, a.stride(), dtype=a.dtype).copy_(a) for a in r]
            expected = one_by_one(name, again, rest, settings)
            _, joint = kernels(name)
            found = joint(*[list(c) for c in zip(*mixed, strict=True)], *rest, **settings)
            assert bits(found) == bits(expected)


@pytest.mark.parametrize(("name", "settings"), CASES)
def test_where_lists_are_not_taken_one_by_one_runs(name: str, settings: Any, rng: Any) -> None:
    """What CUDA does with the steps that it does not do in lists; run here on the CPU."""
    from sujeong.engines.torch.joint_updates import _one_by_one

    made, rest = rows(name, rng, SHAPES, "float32"), shared(name, "float32")
    expected = bits(one_by_one(name, copies(made), rest, settings))
    lists = tuple([list(c) for c in zip(*made, strict=True)])
    assert bits(_one_by_one(name, lists, tuple(rest), settings)) == expected

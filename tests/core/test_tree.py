"""Trees: taken apart and put together again, whatever the containers; refusals."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong.errors import ArgumentError

Pair = namedtuple("Pair", "a b")
Empty = namedtuple("Empty", "")


@dataclass
class Layer:
    kernel: Any
    bias: Any = None


@dataclass
class Nothing:
    pass


TREES = [
    (5, [5]),
    (None, []),
    ([], []),
    ((), []),
    ({}, []),
    (Nothing(), []),
    (Empty(), []),
    ([1, (2, [3])], [1, 2, 3]),
    ({"b": 1, "a": {"z": 2, "y": None}}, [2, 1]),
    ({2: "two", 1: "one", "0": "text"}, ["one", "two", "text"]),
    (Pair(1, [2]), [1, 2]),
    (Layer([1, 2], {"w": 3}), [1, 2, 3]),
    ({"layers": [Layer(1), Layer(2, 3)]}, [1, 2, 3]),
]


@pytest.mark.parametrize(("tree", "leaves"), TREES, ids=str)
def test_there_and_back(tree: Any, leaves: list[Any]) -> None:
    found, structure = sj.tree.flatten(tree)
    assert found == leaves == sj.tree.leaves(tree)
    again = sj.tree.unflatten(structure, found)
    assert type(again) is type(tree)
    assert again == tree


@pytest.mark.parametrize("i", range(len(TREES)))
def test_structures_are_equal_only_to_their_like(i: int) -> None:
    structures = [sj.tree.flatten(tree)[1] for tree, _ in TREES]
    again = sj.tree.flatten(TREES[i][0])[1]
    assert [again == other for other in structures] == [j == i for j in range(len(TREES))]
    assert hash(again) == hash(structures[i])


def test_the_order_of_keys_makes_no_difference() -> None:
    one, other = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert sj.tree.flatten(one) == sj.tree.flatten(other)


def test_arrays_and_tensors_are_leaves() -> None:
    array, tensor = np.zeros((2, 2)), sj.zeros(3)
    leaves, _ = sj.tree.flatten({"x": array, "y": (tensor,)})
    assert leaves[0] is array
    assert leaves[1] is tensor


def test_map_over_several_trees() -> None:
    one, other = {"x": [1, 2], "y": Pair(3, None)}, {"x": [10, 20], "y": Pair(30, None)}
    assert sj.tree.map(lambda a, b: a + b, one, other) == {"x": [11, 22], "y": Pair(33, None)}


@pytest.mark.parametrize("count", [0, 2, 4])
def test_wrong_number_of_leaves(count: int) -> None:
    _, structure = sj.tree.flatten([1, (2, 3)])
    with pytest.raises(
        ArgumentError, match=rf"wrong number of leaves[\s\S]*received: {count}[\s\S]*expected: 3"
    ):
        sj.tree.unflatten(structure, list(range(count)))


@pytest.mark.parametrize("other", [[1, 2], (1,), {"a": 1}, 1, (1, (2,))], ids=str)
def test_trees_that_differ(other: Any) -> None:
    with pytest.raises(ArgumentError, match=r"the trees differ[\s\S]*expected: tuple\(\*, \*\)"):
        sj.tree.map(lambda a, b: a, (1, 2), other)

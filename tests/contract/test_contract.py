"""Every operation against its record. A check that fails names record, sample, engine and element type."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import sujeong as sj

from .record import TOLERANCE, Record, Sample, flat, is_float, rounded, to_tensors
from .records import all_records


def _floats(args: list[Any]) -> list[tuple[int, ...]]:
    """Places of the floating arrays, also inside lists."""
    places: list[tuple[int, ...]] = []
    for i, a in enumerate(args):
        if is_float(a):
            places.append((i,))
        elif isinstance(a, (list, tuple)):
            places += [(i, j) for j, b in enumerate(a) if is_float(b)]
    return places


RECORDS = all_records()
SAMPLES = [(r, s) for r in RECORDS for s in r.samples]
SMOOTH = [(r, s) for r, s in SAMPLES if r.gradient and s.gradient and _floats(list(s.args))]
RECORDED = [(r, s) for r, s in SAMPLES if not r.why_not_recorded]
REFUSED = [(r, s) for r, s in SAMPLES if r.why_not_recorded]


def _names(pairs: list[tuple[Record, Sample]]) -> list[str]:
    return [
        f"{r.name}-{r.samples.index(s)}{'-' + s.name.replace(' ', '_') if s.name else ''}" for r, s in pairs
    ]


each_sample = pytest.mark.parametrize(("record", "sample"), SAMPLES, ids=_names(SAMPLES))
each_smooth = pytest.mark.parametrize(("record", "sample"), SMOOTH, ids=_names(SMOOTH))
each_recorded = pytest.mark.parametrize(("record", "sample"), RECORDED, ids=_names(RECORDED))
each_refused = pytest.mark.parametrize(("record", "sample"), REFUSED, ids=_names(REFUSED))


def _tensors(args: list[Any]) -> list[sj.Tensor]:
    """The tensors among arguments, also inside lists."""
    flat_args = [b for a in args for b in (a if isinstance(a, (list, tuple)) else [a])]
    return [a for a in flat_args if isinstance(a, sj.Tensor)]


def compare(found: Any, expected: Any, dtype: str, record: Record) -> None:
    """Shapes equal, values within the tolerance of the element type."""
    relative, absolute = record.tolerance.get(dtype, TOLERANCE[dtype])
    for f, e in zip(flat(found), flat(expected), strict=True):
        e = np.asarray(e)
        assert tuple(f.shape) == e.shape
        got = np.asarray(f)
        if e.dtype.kind in "biu":
            np.testing.assert_array_equal(got, e)
        else:
            np.testing.assert_allclose(got.astype(e.dtype), e, rtol=relative, atol=absolute)


@each_sample
def test_value(record: Record, sample: Sample, engine: str) -> None:
    for dtype in record.dtypes:
        if dtype == "bfloat16" and engine == "numpy":
            continue
        found = record.function(*to_tensors(list(sample.args), dtype), **sample.kwargs)
        expected = record.reference(*rounded(list(sample.args), dtype), **sample.kwargs)
        compare(found, expected, dtype, record)


def _get(args: list[Any], place: tuple[int, ...]) -> Any:
    return args[place[0]] if len(place) == 1 else args[place[0]][place[1]]


def _put(args: list[Any], place: tuple[int, ...], value: Any) -> list[Any]:
    new = list(args)
    if len(place) == 1:
        new[place[0]] = value
    else:
        inner = list(new[place[0]])
        inner[place[1]] = value
        new[place[0]] = inner
    return new


def _loss(record: Record, sample: Sample, args: list[Any], weights: list[np.ndarray]) -> Any:
    """One number: the weighted sum of all floating results."""
    out = [o for o in flat(record.function(*args, **sample.kwargs)) if o.dtype.is_floating]
    total: Any = 0.0
    for o, w in zip(out, weights, strict=True):
        total = total + sj.sum(o * sj.asarray(w))
    return total


def _weights(record: Record, sample: Sample) -> list[np.ndarray]:
    args = to_tensors(list(sample.args), "float64")
    out = [o for o in flat(record.function(*args, **sample.kwargs)) if o.dtype.is_floating]
    return [np.random.default_rng(i).uniform(0.5, 1.5, o.shape) for i, o in enumerate(out)]


def _numerical(f: Any, args: list[Any], place: tuple[int, ...], h: float = 1e-5) -> np.ndarray:
    """Central differences of a function of NumPy arrays."""
    x = _get(args, place)
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        values = []
        for step in (h, -h):
            moved = x.copy()
            moved[i] += step
            values.append(float(f(_put(args, place, moved))))
        slopes[i] = (values[0] - values[1]) / (2 * h)
    return slopes


@each_smooth
def test_gradient(record: Record, sample: Sample, engine: str) -> None:
    weights = _weights(record, sample)
    args = list(sample.args)

    def loss(host: list[Any]) -> Any:
        return _loss(record, sample, to_tensors(host, "float64"), weights)

    for place in _floats(args):
        x = sj.asarray(_get(args, place).astype("float64"), requires_grad=True)
        (slopes,) = sj.gradients(
            _loss(record, sample, _put(to_tensors(args, "float64"), place, x), weights), [x]
        )
        expected = _numerical(loss, args, place)
        found = np.zeros(expected.shape) if slopes is None else np.asarray(slopes)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7, err_msg=f"argument {place}")


@each_smooth
def test_second_gradient(record: Record, sample: Sample, engine: str) -> None:
    weights = _weights(record, sample)
    args = list(sample.args)
    places = _floats(args)
    vectors = [
        np.random.default_rng(99 + i).uniform(0.5, 1.5, _get(args, p).shape) for i, p in enumerate(places)
    ]

    def slope(host: list[Any], graph: bool) -> Any:
        """sum over arguments of <gradient, vector>, and the leaves."""
        tensors = to_tensors(host, "float64")
        xs = []
        for place in places:
            x = sj.asarray(_get(host, place).astype("float64"), requires_grad=True)
            tensors = _put(tensors, place, x)
            xs.append(x)
        found = sj.gradients(_loss(record, sample, tensors, weights), xs, create_graph=graph)
        total: Any = 0.0
        for g, v in zip(found, vectors, strict=True):
            if g is not None:
                total = total + sj.sum(g * sj.asarray(v))
        return total, xs

    total, xs = slope(args, True)
    linear = isinstance(total, float) or not total.requires_grad
    found = [None] * len(xs) if linear else sj.gradients(total, xs)
    for place, g in zip(places, found, strict=True):
        expected = _numerical(lambda host: slope(host, False)[0], args, place)
        got = np.zeros(expected.shape) if g is None else np.asarray(g)
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6, err_msg=f"argument {place}")


@each_recorded
def test_recorded_equals_eager(record: Record, sample: Sample, engine: str) -> None:
    args = to_tensors(list(sample.args), "float32")
    eager = flat(record.function(*args, **sample.kwargs))
    if _tensors(args):
        found = sj.jit(lambda *a: record.function(*a, **sample.kwargs))(*args)
    else:  # made of plain values, which are part of the program
        found = sj.jit(lambda: record.function(*args, **sample.kwargs))()
    for r, e in zip(flat(found), eager, strict=True):
        assert (r.dtype, r.shape) == (e.dtype, e.shape)
        assert np.asarray(r).tobytes() == np.asarray(e).tobytes()


@each_refused
def test_recording_is_refused(record: Record, sample: Sample, engine: str) -> None:
    cure = "fix: call it outside the recorded function"
    said = rf"\[{record.name}\] {re.escape(record.why_not_recorded)}[\s\S]*{cure}"
    with pytest.raises(sj.errors.RecordError, match=said):
        sj.jit(record.function)(*to_tensors(list(sample.args), "float32"), **sample.kwargs)


@each_sample
def test_strides_do_not_matter(record: Record, sample: Sample, engine: str) -> None:
    args = to_tensors(list(sample.args), "float32")

    def turned(x: Any) -> Any:
        """The same values, stored in the opposite order of axes."""
        if isinstance(x, (list, tuple)):
            return type(x)(turned(v) for v in x)
        if not isinstance(x, sj.Tensor) or x.ndim < 2:
            return x
        back = tuple(reversed(range(x.ndim)))
        stored = sj.asarray(np.ascontiguousarray(np.asarray(x).transpose(back)))
        return sj.permute_dims(stored, back)

    plain = flat(record.function(*args, **sample.kwargs))
    strided = flat(record.function(*[turned(a) for a in args], **sample.kwargs))
    relative, absolute = record.tolerance.get("float32", TOLERANCE["float32"])
    for a, b in zip(plain, strided, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=relative, atol=absolute)


@each_sample
def test_repeats_to_the_bit(record: Record, sample: Sample, engine: str) -> None:
    args = to_tensors(list(sample.args), "float32")
    first = [np.asarray(o).tobytes() for o in flat(record.function(*args, **sample.kwargs))]
    for _ in range(19):
        again = [np.asarray(o).tobytes() for o in flat(record.function(*args, **sample.kwargs))]
        assert again == first


@each_sample
def test_engines_agree(record: Record, sample: Sample) -> None:
    results = []
    for name in ("numpy", "torch"):
        with sj.using(engine=name):
            results.append(flat(record.function(*to_tensors(list(sample.args), "float32"), **sample.kwargs)))
    relative, absolute = record.tolerance.get("float32", TOLERANCE["float32"])
    for a, b in zip(*results, strict=True):
        assert a.dtype is b.dtype
        assert a.shape == b.shape
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=2 * relative, atol=2 * absolute)


REFUSALS = [(r, f) for r in RECORDS for f in r.refusals]


@pytest.mark.parametrize(
    ("record", "refusal"), REFUSALS, ids=[f"{r.name}-{i}" for i, (r, _) in enumerate(REFUSALS)]
)
def test_refusal(record: Record, refusal: Any, engine: str) -> None:
    def tensors(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return type(value)(tensors(v) for v in value)
        return sj.asarray(value) if isinstance(value, np.ndarray) else value

    with pytest.raises(refusal.error, match=refusal.match):
        record.function(*tensors(list(refusal.args)), **refusal.kwargs)

"""Records of random numbers: the draws written out again from the words of `core.keys`, word by word.

The statistics are in tests/ops/test_random.py.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

import sujeong as sj
from sujeong.core import keys

from ..record import Record, Refusal, Sample, data

MASK = (1 << 64) - 1
KEY = np.array([0x0123456789ABCDEF, -0x123456789ABCDEF], "int64")


def _pair(key: Any) -> tuple[int, int]:
    return int(key[0]) & MASK, int(key[1]) & MASK


def _words(key: Any, count: int) -> np.ndarray:
    """The sequence in Python's own whole numbers, by the function that mixes a single word."""
    k0, k1 = _pair(key)
    return np.array([keys.finish((i + 1) * keys.GOLDEN + k0, k1) for i in range(count)], np.uint64)


def _lanes(key: Any, shape: Any, width: int) -> np.ndarray:
    count = prod(shape)
    words = _words(key, -(-count * width // 64))
    return words.view(f"<u{width // 8}")[:count].reshape(shape)


def _shape(shape: Any) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


def _bits(key: Any, shape: Any, *, width: int = 64) -> np.ndarray:
    return _lanes(key, _shape(shape), width).view(f"i{width // 8}")


def _uniform(
    key: Any, shape: Any, low: float = 0.0, high: float = 1.0, *, dtype: str = "float32"
) -> np.ndarray:
    width, digits = {"float64": (64, 53), "float32": (32, 24), "float16": (16, 11)}[dtype]
    whole = _lanes(key, _shape(shape), width) >> np.array(width - digits, f"<u{width // 8}")
    u = whole.astype("float64") * 2.0**-digits
    kind = np.dtype(dtype).type
    return u.astype(dtype) * kind(high - low) + kind(low)


def _normal(
    key: Any, shape: Any, mean: float = 0.0, stddev: float = 1.0, *, dtype: str = "float32"
) -> np.ndarray:
    count = prod(_shape(shape))
    u = _uniform(key, (2, (count + 1) // 2), dtype=dtype).astype("float64")
    radius = np.sqrt(-2 * np.log(1 - u[0]))
    both = np.concatenate([radius * np.cos(2 * np.pi * u[1]), radius * np.sin(2 * np.pi * u[1])])
    return (both[:count].reshape(_shape(shape)) * stddev + mean).astype(dtype)


def _truncated(
    key: Any, shape: Any, mean: float = 0.0, stddev: float = 1.0, low: float = -2.0, high: float = 2.0
) -> np.ndarray:
    from scipy.special import ndtr, ndtri

    u = _uniform(key, shape, dtype="float64")
    return (ndtri(ndtr(low) + u * (ndtr(high) - ndtr(low))) * stddev + mean).astype("float32")


def _bernoulli(key: Any, p: Any = 0.5, shape: Any = None) -> np.ndarray:
    shape = np.shape(p) if shape is None else _shape(shape)
    return _lanes(key, shape, 32).view("i4").astype("f8") + 2.0**31 < np.floor(np.asarray(p) * 2.0**32)


def _dropout(key: Any, shape: Any, rate: float) -> np.ndarray:
    return _lanes(key, _shape(shape), 16).view("i2").astype("i8") + 32768 >= round(rate * 65536)


def _randint(key: Any, shape: Any, low: int, high: int, *, dtype: str = "int64") -> np.ndarray:
    words = _words(key, prod(_shape(shape))).tolist()
    numbers = np.array([low + (word >> 1) % (high - low) for word in words], dtype)
    return numbers.reshape(_shape(shape))


def _permutation(key: Any, x: Any) -> np.ndarray:
    n = x if isinstance(x, int) else len(x)
    order = np.array(sorted(range(n), key=_words(key, n).tolist().__getitem__), "int64")
    return order if isinstance(x, int) else x[order]


def _categorical(key: Any, logits: Any, shape: Any = (), *, axis: int = -1) -> np.ndarray:
    logits = np.asarray(logits)
    front = _shape(shape)
    u = np.maximum(_uniform(key, (*front, *logits.shape)).astype("float64"), 2.0**-25)
    return np.argmax(logits - np.log(-np.log(1 - u)), axis=axis % logits.ndim + len(front))


NO_KEY = [
    Refusal(
        (np.zeros(3, "int64"), (2,)),
        sj.errors.ArgumentError,
        r"no key[\s\S]*int64\[3\][\s\S]*sj.random.key\(seed\)",
    ),
    Refusal((np.zeros(2), (2,)), sj.errors.ArgumentError, "this is no key"),
    Refusal((KEY, (2, -1)), sj.errors.ArgumentError, "this is no shape"),
    Refusal((KEY, (2.5,)), sj.errors.ArgumentError, "this is no shape"),
]
SHAPES = [(KEY, (3, 5)), (KEY, ()), (KEY, (0, 2)), (KEY, 7), (KEY, (1, 1, 3))]
DTYPE = ("float32",)
LOOSE = {"float32": (2e-6, 3e-6)}  # ln, cos and sin of two libraries, and the rounding of u near 1


def samples(*more: Any, **kwargs: Any) -> list[Sample]:
    """Shapes of all kinds, with further arguments."""
    return [Sample((*pair, *more), kwargs, gradient=False) for pair in SHAPES]


RECORDS = [
    Record(
        "random.fold_in",
        sj.random.fold_in,
        lambda key, word: np.array(keys.derive(_pair(key), int(word) & MASK), np.uint64).view("int64"),
        [Sample((KEY, np.array(w))) for w in (0, 1, -1, (1 << 62) + 12345)]
        + [Sample((KEY, 7), name="plain number"), Sample((KEY, np.array(3, "uint8")), name="small")],
        [
            Refusal((np.zeros(3, "int64"), 1), sj.errors.ArgumentError, "this is no key"),
            Refusal((KEY, np.array(1.5)), sj.errors.DTypeError, "a word is a whole number"),
            Refusal((KEY, np.array([1, 2])), sj.errors.ShapeError, "a word is one number"),
            Refusal((KEY, 1.5), sj.errors.ArgumentError, r"no word of a key[\s\S]*1.5"),
            Refusal((KEY, True), sj.errors.ArgumentError, "no word of a key"),
        ],
        dtypes=DTYPE,
        gradient=False,
        formula="(k0, k1) -> a = mix(word GOLDEN + k0, k1), mix(a + GOLDEN, k0 xor word)",
    ),
    Record(
        "random.bits",
        sj.random.bits,
        _bits,
        samples() + samples(width=32) + samples(width=16),
        [*NO_KEY, Refusal((KEY, 2), sj.errors.ArgumentError, "no such width", {"width": 8})],
        dtypes=DTYPE,
        gradient=False,
        formula="word i = mix((i + 1) GOLDEN + k0, k1)",
    ),
    Record(
        "random.uniform",
        sj.random.uniform,
        _uniform,
        samples()
        + samples(low=-2.0, high=3.0)
        + samples(low=0.5, high=1.5, dtype="float64")
        + samples(dtype="float16"),
        [
            *NO_KEY,
            Refusal((KEY, 2, 1.0, 0.5), sj.errors.ArgumentError, "the range is empty"),
            Refusal((KEY, 2), sj.errors.DTypeError, r"draws real numbers[\s\S]*int32", {"dtype": "int32"}),
        ],
        dtypes=DTYPE,
        gradient=False,
        tolerance={"float32": (0.0, 0.0)},  # exact
        formula="y = low + (high - low) u, u = whole number of d random bits / 2^d",
    ),
    Record(
        "random.normal",
        sj.random.normal,
        _normal,
        samples() + samples(mean=2.0, stddev=0.5) + samples(dtype="float64"),
        [*NO_KEY, Refusal((KEY, 2, 0.0, -1.0), sj.errors.ArgumentError, "a deviation is not negative")],
        dtypes=DTYPE,
        gradient=False,
        tolerance=LOOSE,
        formula="y = mean + stddev sqrt(-2 ln(1 - u)) cos(2 pi v), and the same with sin",
    ),
    Record(
        "random.truncated_normal",
        sj.random.truncated_normal,
        _truncated,
        samples() + samples(mean=2.0, stddev=0.5) + samples(low=-0.5, high=3.0),
        [
            *NO_KEY,
            Refusal((KEY, 2, 0.0, -1.0), sj.errors.ArgumentError, "a deviation is not negative"),
            Refusal(
                (KEY, 2, 0.0, 1.0, 2.0, 1.0), sj.errors.ArgumentError, r"no such cuts[\s\S]*low=2.0, high=1.0"
            ),
            Refusal((KEY, 2, 0.0, 1.0, -9.0, 1.0), sj.errors.ArgumentError, "no such cuts"),
        ],
        dtypes=DTYPE,
        gradient=False,
        tolerance=LOOSE,
        formula="y = mean + stddev P^-1(P(low) + u (P(high) - P(low)))",
    ),
    Record(
        "random.bernoulli",
        sj.random.bernoulli,
        _bernoulli,
        [
            Sample((KEY,), {"p": 0.3, "shape": (3, 5)}),
            Sample((KEY,), {"p": 0.0, "shape": 4}, name="never"),
            Sample((KEY,), {"p": 1.0, "shape": 4}, name="always"),
            Sample((KEY,), name="one"),
            Sample((KEY, np.array([0.0, 0.25, 0.5, 1.0])), name="chances"),
            Sample((KEY, np.array([0.25, 0.5]), (3, 2)), name="stretched chances"),
            Sample((KEY, np.array([0, 1])), name="whole numbers"),
        ],
        [
            Refusal((KEY, 1.5), sj.errors.ArgumentError, r"p is a chance[\s\S]*p=1.5[\s\S]*0 to 1"),
            Refusal((KEY, float("nan")), sj.errors.ArgumentError, "p is a chance"),
            Refusal((KEY, np.ones(3), (2,)), sj.errors.ShapeError, "do not broadcast"),
            Refusal((KEY, np.ones(3), (3, 1)), sj.errors.ShapeError, "do not stretch to the shape"),
        ],
        dtypes=DTYPE,
        gradient=False,
        formula="y = (lane of 32 bits < p 2^32)",
    ),
    Record(
        "random.dropout_mask",
        sj.random.dropout_mask,
        _dropout,
        [s for rate in (0.0, 0.25, 0.5, 1.0) for s in samples(rate=rate)],
        [*[Refusal(r.args, r.error, r.match, {"rate": 0.5}) for r in NO_KEY]]
        + [Refusal((KEY, 2, -0.1), sj.errors.ArgumentError, "rate is a chance")],
        dtypes=DTYPE,
        gradient=False,
        formula="y = (lane of 16 bits >= rate 2^16)",
    ),
    Record(
        "random.randint",
        sj.random.randint,
        _randint,
        samples(low=0, high=10)
        + samples(low=-3, high=4, dtype="int8")
        + samples(low=-(1 << 62), high=(1 << 62) - 1)
        + samples(low=5, high=6),
        [
            *[Refusal(r.args, r.error, r.match, {"low": 0, "high": 2}) for r in NO_KEY],
            Refusal((KEY, 2, 3, 3), sj.errors.ArgumentError, "no such range"),
            Refusal(
                (KEY, 2, 0, 200), sj.errors.ArgumentError, r"0 to 200[\s\S]*-128 to 128", {"dtype": "int8"}
            ),
            Refusal((KEY, 2, 0, 2), sj.errors.DTypeError, "draws whole numbers", {"dtype": "float32"}),
        ],
        dtypes=DTYPE,
        gradient=False,
        formula="y = low + (word >> 1) mod (high - low)",
    ),
    Record(
        "random.permutation",
        sj.random.permutation,
        _permutation,
        [
            *[Sample((KEY,), {"x": n}, name=f"{n} numbers") for n in (0, 1, 9)],
            Sample((KEY, data(5, 2)), gradient=False, name="rows"),
            Sample((KEY, np.arange(4)), name="whole numbers"),
            Sample((KEY, data(0, 2)), gradient=False, name="no rows"),
        ],
        [
            Refusal((KEY, -1), sj.errors.ArgumentError, "this is no shape"),
            Refusal((KEY, np.array(1.0)), sj.errors.ArgumentError, "has no rows"),
        ],
        dtypes=DTYPE,
        gradient=False,
        formula="y = the order that sorts random words",
    ),
    Record(
        "random.categorical",
        sj.random.categorical,
        _categorical,
        [
            Sample((KEY, data(3, 4)), gradient=False),
            Sample((KEY, data(2, 3, 2)), {"axis": 1}, gradient=False, name="classes in the middle"),
            Sample((KEY, data(3)), {"shape": (2, 4)}, gradient=False, name="several draws"),
            Sample(
                (KEY, data(2, 3)), {"shape": 3, "axis": 0}, gradient=False, name="several draws, first axis"
            ),
            Sample((KEY, np.array([-np.inf, 0.0])), gradient=False, name="never"),
            Sample((KEY, data(0, 3)), gradient=False, name="no rows"),
        ],
        [
            Refusal((KEY, np.ones((2, 0))), sj.errors.ArgumentError, "there are no classes"),
            Refusal((KEY, np.ones(2)), sj.errors.ArgumentError, "no such axis", {"axis": 1}),
            Refusal((KEY, np.ones(2, complex)), sj.errors.DTypeError, "takes real numbers"),
        ],
        dtypes=DTYPE,
        gradient=False,
        formula="y = argmax_k (x_k - ln(-ln u_k))",
    ),
]

"""Records of Fourier transforms. Complex results are compared, and differentiated, in two real parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data

LOOSE = {"float32": (2e-5, 2e-5), "float64": (1e-12, 1e-12)}
LINE, PLANE, CUBE = data(5), data(3, 4), data(2, 3, 2)
NOTHING = Refusal((LINE,), sj.errors.ArgumentError, r"nothing to transform[\s\S]*n=0", {"n": 0})
NO_NORM = Refusal(
    (LINE,),
    sj.errors.ArgumentError,
    r"there is no such normalisation[\s\S]*'half'[\s\S]*backward, ortho or forward",
    {"norm": "half"},
)
NO_AXIS = Refusal((LINE,), sj.errors.ArgumentError, "no such axis", {"axis": 1})
TWICE = Refusal((PLANE,), sj.errors.ArgumentError, "comes once", {"axes": (0, 0)})
COMPLEX = Refusal((LINE + 1j,), sj.errors.DTypeError, r"takes real numbers[\s\S]*complex128\[5\]")

ONE = [
    Sample((LINE,)),
    Sample((PLANE,), {"axis": 0, "norm": "ortho"}),
    Sample((PLANE,), {"n": 3, "norm": "forward"}, name="cut"),
    Sample((PLANE,), {"n": 6}, name="lengthened"),
    Sample((data(2, 1),), {"axis": 1}, name="one number"),
]
SEVERAL = [
    Sample((CUBE,)),
    Sample((CUBE,), {"axes": (2, 0), "norm": "ortho"}),
    Sample((CUBE,), {"s": (2, 4), "axes": (1, 2), "norm": "forward"}),
]
HALVES = [s for s in ONE if s.name != "one number"] + [Sample((data(1),), {"n": 1}, name="one number")]


def _parts(y: Any) -> Any:
    """Real and imaginary part of a complex result."""
    if isinstance(y, sj.Tensor):
        return (sj.real(y), sj.imag(y)) if y.dtype.kind == "complex" else y
    return (y.real.copy(), y.imag.copy()) if np.iscomplexobj(y) else y


def _turned(x: Any) -> Any:
    """A complex tensor of a real one."""
    return x * (1 + 0.5j)


# Formula and gradient; the scale is that of norm="backward", n the number of elements that are transformed.
FORMULAS = {
    "fft": ("y_k = sum_j x_j e^(-2 pi i j k / n)", "dx = n ifft(g)"),
    "ifft": ("y_j = 1/n sum_k x_k e^(2 pi i j k / n)", "dx = fft(g) / n"),
    "fftn": ("fft along each axis", "dx = n ifftn(g)"),
    "ifftn": ("ifft along each axis", "dx = fftn(g) / n"),
    "rfft": ("the first n // 2 + 1 numbers of fft(x)", "dx_j = Re sum_k g_k e^(2 pi i j k / n)"),
    "irfft": ("rfft(y) = x", "dx_k = c_k / n rfft(g)_k, c_k = 1 at k = 0 and n / 2, else 2"),
    "rfftn": ("rfft along the last axis, fft along the others", "those of rfft and fft in turn"),
    "irfftn": ("rfftn(y) = x", "those of irfft and ifft in turn"),
    "hfft": ("y = n irfft(conj(x))", "dx_k = c_k conj(rfft(g)_k), c_k = 1 at k = 0 and n / 2, else 2"),
    "ihfft": ("y = conj(rfft(x)) / n", "dx_j = 1/n Re sum_k g_k e^(-2 pi i j k / n)"),
    "fftfreq": ("0, 1, ..., -2, -1, each / (n d)", ""),
    "rfftfreq": ("0, 1, ..., n // 2, each / (n d)", ""),
    "fftshift": ("y[k] = x[(k - n // 2) mod n]", "dx = ifftshift(g)"),
    "ifftshift": ("y[k] = x[(k + n // 2) mod n]", "dx = fftshift(g)"),
}


def _record(
    name: str, samples: list[Sample], refusals: list[Refusal], prepare: Callable[[Any], Any] = lambda x: x
) -> Record:
    ours, theirs = getattr(sj.fft, name), getattr(np.fft, name)

    def reference(x: Any, **options: Any) -> Any:
        if options.get("axes") is not None:  # NumPy wants sizes with axes
            options.setdefault("s", None)
        return _parts(theirs(prepare(x), **options))

    return Record(
        name,
        lambda x, **k: _parts(ours(prepare(x), **k)),
        reference,
        samples,
        refusals,
        tolerance=LOOSE,
        formula=FORMULAS[name][0],
        gradient_formula=FORMULAS[name][1],
    )


def _bare(name: str, refusals: list[Refusal]) -> Record:
    """A record that only refuses."""
    return Record(f"{name}-refuses", getattr(sj.fft, name), getattr(np.fft, name), [], refusals)


def _made(name: str, refusals: list[Refusal]) -> Record:
    samples = [Sample((n,), {"d": d}) for n in (1, 2, 5, 6) for d in (1.0, 0.25)]
    reference = getattr(np.fft, name)
    return Record(
        name,
        getattr(sj.fft, name),
        lambda n, d=1.0: reference(n, d).astype("float32"),
        samples,
        refusals,
        dtypes=("float64",),
        gradient=False,
        formula=FORMULAS[name][0],
    )


RECORDS = [
    _record("fft", ONE, [NOTHING, NO_NORM, NO_AXIS], _turned),
    _record("ifft", ONE, [NOTHING, NO_NORM, NO_AXIS], _turned),
    _record("fftn", SEVERAL, [TWICE, NO_NORM], _turned),
    _record("ifftn", SEVERAL, [TWICE, NO_NORM], _turned),
    _record("rfft", ONE, [NOTHING, NO_NORM, NO_AXIS]),
    _record("irfft", HALVES, [NOTHING, NO_NORM, NO_AXIS], _turned),
    _record("rfftn", SEVERAL, [TWICE, NO_NORM]),
    _record("irfftn", SEVERAL, [TWICE, NO_NORM], _turned),
    _record("hfft", HALVES, [NOTHING, NO_NORM, NO_AXIS], _turned),
    _record("ihfft", ONE, [NOTHING, NO_NORM, NO_AXIS]),
    _bare("rfft", [COMPLEX]),
    _bare("ihfft", [COMPLEX]),
    _bare("rfftn", [COMPLEX]),
    _bare(
        "fft", [Refusal((np.ones(3, np.float16),), sj.errors.DTypeError, "takes numbers of 32 or 64 bits")]
    ),
    _made(
        "fftfreq",
        [
            Refusal((0,), sj.errors.ArgumentError, "needs at least one number"),
            Refusal((3,), sj.errors.DTypeError, "frequencies are real", {"dtype": "int32"}),
        ],
    ),
    _made("rfftfreq", [Refusal((0,), sj.errors.ArgumentError, "needs at least one number")]),
    *[
        Record(
            name,
            getattr(sj.fft, name),
            getattr(np.fft, name),
            [
                Sample((LINE,)),
                Sample((PLANE,)),
                Sample((CUBE,), {"axes": (0, -1)}),
                Sample((data(0, 2),), name="empty"),
            ],
            [Refusal((LINE,), sj.errors.ArgumentError, "no such axis", {"axes": 1})],
            formula=FORMULAS[name][0],
            gradient_formula=FORMULAS[name][1],
        )
        for name in ("fftshift", "ifftshift")
    ],
]

"""The face of the package: its list of names is complete, sorted, reachable, and holds nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
import types
from pathlib import Path

import pytest

import sujeong as sj

SOURCE = Path(sj.__file__)

# The main namespace of the Python array API standard, version 2024.12, by its own chapters.
STANDARD = {
    "constants": "e inf nan newaxis pi",
    "creation": "arange asarray empty empty_like eye from_dlpack full full_like linspace meshgrid ones "
    "ones_like tril triu zeros zeros_like",
    "data types": "astype broadcast_arrays broadcast_to can_cast finfo iinfo isdtype result_type "
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128",
    "elementwise": "abs acos acosh add asin asinh atan atan2 atanh bitwise_and bitwise_left_shift "
    "bitwise_invert bitwise_or bitwise_right_shift bitwise_xor ceil clip conj copysign cos cosh divide "
    "equal exp expm1 floor floor_divide greater greater_equal hypot imag isfinite isinf isnan less "
    "less_equal log log1p log2 log10 logaddexp logical_and logical_not logical_or logical_xor maximum "
    "minimum multiply negative nextafter not_equal positive pow real reciprocal remainder round sign "
    "signbit sin sinh square sqrt subtract tan tanh trunc",
    "indexing": "take take_along_axis",
    "inspection": "__array_namespace_info__ __array_api_version__",
    "linear algebra": "matmul matrix_transpose tensordot vecdot",
    "manipulation": "concat expand_dims flip moveaxis permute_dims repeat reshape roll squeeze stack tile "
    "unstack",
    "searching": "argmax argmin count_nonzero nonzero searchsorted where",
    "sets": "unique_all unique_counts unique_inverse unique_values",
    "sorting": "argsort sort",
    "statistics": "cumulative_prod cumulative_sum max mean min prod std sum var",
    "utilities": "all any diff",
}
EXTENSIONS = {
    "linalg": "cholesky cross det diagonal eigh eigvalsh inv matmul matrix_norm matrix_power matrix_rank "
    "matrix_transpose outer pinv qr slogdet solve svd svdvals tensordot trace vecdot vector_norm",
    "fft": "fft ifft fftn ifftn rfft irfft rfftn irfftn hfft ihfft fftfreq rfftfreq fftshift ifftshift",
}


def written_names() -> set[str]:
    """What the source of the face imports or assigns, read without running it; private names left out."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.update(alias.asname or alias.name for alias in node.names)
    for node in ast.parse(SOURCE.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
    machinery = {"__all__"}
    return {name for name in found if not is_private(name)} - machinery


def is_private(name: str) -> bool:
    """One leading underscore; names such as `__version__` are public."""
    return name.startswith("_") and not name.endswith("__")


def test_the_list_holds_what_the_face_imports() -> None:
    assert set(sj.__all__) == written_names()


def test_the_list_has_no_name_twice() -> None:
    assert len(sj.__all__) == len(set(sj.__all__))


def test_every_name_can_be_reached() -> None:
    for name in sj.__all__:
        assert hasattr(sj, name), name


def test_names_are_the_same_whoever_asks_first() -> None:
    """Rooms that load late are found by `from sujeong import x` in a fresh process as by attribute."""
    code = (
        "import sujeong, importlib\n"
        "names = {}\n"
        "exec('from sujeong import *', names)\n"
        "assert set(sujeong.__all__) <= set(names), set(sujeong.__all__) - set(names)\n"
        "assert all(names[n] is getattr(sujeong, n) for n in sujeong.__all__)\n"
        "assert names['nn'] is importlib.import_module('sujeong.nn')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nothing_private_leaks() -> None:
    """Beside the list there are rooms of the package (set by Python when they load), and nothing else."""
    others = {name: value for name, value in vars(sj).items() if name not in sj.__all__ and name[0] != "_"}
    rooms = {name for name, value in others.items() if isinstance(value, types.ModuleType)}
    assert set(others) == rooms
    assert {others[name].__name__ for name in rooms} == {f"sujeong.{name}" for name in rooms}
    assert not [name for name in dir(sj) if name not in sj.__all__ and name[0] != "_"]


def test_what_users_see_belongs_to_the_package() -> None:
    """No helper of Python or NumPy (`Any`, `np`, `import_module`) is offered as one of ours."""
    plain = (bool, int, float, str, types.NoneType)
    for name in sj.__all__:
        value = getattr(sj, name)
        if not isinstance(value, plain):
            home = value.__name__ if isinstance(value, types.ModuleType) else type(value).__module__
            owner = getattr(value, "__module__", home) or home
            assert owner.split(".")[0] == "sujeong", name


def test_an_unknown_name_raises_as_python_does() -> None:
    with pytest.raises(AttributeError, match="module 'sujeong' has no attribute 'spleen'"):
        _ = sj.spleen


@pytest.mark.parametrize("chapter", STANDARD)
def test_the_standard_is_there(chapter: str) -> None:
    assert [name for name in STANDARD[chapter].split() if name not in sj.__all__] == []


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_the_extensions_are_there(extension: str) -> None:
    room = getattr(sj, extension)
    assert [name for name in EXTENSIONS[extension].split() if not callable(getattr(room, name, None))] == []


def test_the_version_of_the_standard() -> None:
    assert sj.__array_api_version__ == "2024.12"

"""Building kernels with the machine's own compiler, and finding those that were built before.

A kernel is used if it lies in the cache when a function is recorded; only `sj.precompile` builds, so that no
training run waits for a compiler or changes its kernels on the way.

    SUJEONG_CACHE      the folder of the cache; default ~/.cache/sujeong
    SUJEONG_NATIVE     off: no compiled kernels at all
    CXX                the compiler; default g++, then clang++

The cache holds code, so a folder that others may write into is not used.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import EngineError, message

FLAGS = (
    *("-std=c++17", "-O3", "-march=native", "-fPIC", "-shared", "-fopenmp"),
    *("-fno-math-errno", "-fno-trapping-math"),
)
_WIDE = "-mprefer-vector-width=512"


def enabled() -> bool:
    """Whether compiled kernels may be used."""
    return os.environ.get("SUJEONG_NATIVE", "on") != "off"


@cache
def shared(name: str) -> str:
    """A file of this folder: what kernels of several places consist of."""
    from importlib import resources

    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def prelude() -> str:
    """What stands above every kernel."""
    return f"{shared('maths.h')}\n{shared('blocks.h')}"


@cache
def find_compiler() -> str | None:
    """The C++ compiler of this machine, if it has one."""
    import shutil

    named = os.environ.get("CXX")
    return next((found for c in (named, "g++", "clang++") if c and (found := shutil.which(c))), None)


def folder() -> Path:
    """The folder of the cache."""
    named = os.environ.get("SUJEONG_CACHE")
    base = (
        Path(named)
        if named
        else Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "sujeong"
    )
    return base / "kernels"


@cache
def _machine() -> str:
    """What a binary depends on beside its text: the processor and the flags."""
    import platform

    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0].splitlines()
        processor = "\n".join(x for x in lines if x.startswith(("model name", "flags", "Features")))
    except OSError:
        processor = platform.processor()
    return "\n".join((platform.machine(), processor, *flags(), prelude()))


@cache
def flags() -> tuple[str, ...]:
    """The flags of the compiler."""
    import platform

    x86 = platform.machine() in ("x86_64", "AMD64")
    return (*FLAGS, _WIDE) if x86 else FLAGS


@cache
def key(text: str, options: tuple[str, ...] = ()) -> str:
    """The name of a kernel in the cache: a digest of its text and of all that it depends on."""
    import hashlib

    return hashlib.sha256("\n".join((_machine(), *options, text)).encode()).hexdigest()[:32]


def safe(path: Path) -> bool:
    """Whether a folder belongs to this user, and nobody else may write into it."""
    try:
        found = path.stat()
    except OSError:
        return False
    mine = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    return stat.S_ISDIR(found.st_mode) and mine and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def count() -> int:
    """How many kernels lie in the cache and may be used."""
    place = folder()
    return len(list(place.glob("*.so"))) if enabled() and safe(place) else 0


_loaded: dict[Path, Any] = {}


def _opened(path: Path) -> Any | None:
    """The library in a file of the cache, if it is there and fits."""
    if not safe(path.parent) or not path.is_file():
        return None
    try:
        return ctypes.CDLL(str(path))
    except OSError:  # of another machine, or cut short
        return None


def load(text: str) -> Any | None:
    """The function of a kernel, if it was built before.

    Args:
        text: of the kernel.

    Returns:
        The function; `None` where the cache has none.
    """
    path = folder() / f"{key(text)}.so"
    if path not in _loaded:
        function = getattr(_opened(path), "kernel", None)
        if function is None:
            return None
        function.restype = None
        arguments = text.split("void kernel(", 1)[1].split(")", 1)[0].split(",")
        function.argtypes = [ctypes.c_void_p if "*" in a else ctypes.c_int64 for a in arguments]
        _loaded[path] = function
    return _loaded[path]


_decided: dict[tuple[Path, str], Any] = {}


def loaded(text: str) -> Any | None:
    """As `load`, but asked once: what is found first holds to the end of the process, or to `build`.

    Args:
        text: of the kernel.

    Returns:
        The function; `None` where the plain form is to run.
    """
    asked = folder(), text
    if asked not in _decided:
        _decided[asked] = load(text) if enabled() else None
    return _decided[asked]


def build(texts: Sequence[str]) -> int:
    """Builds kernels that the cache lacks, several at once.

    Args:
        texts: of the kernels.

    Returns:
        How many were built.

    Raises:
        EngineError: there is no compiler, it failed, or the folder of the cache is not safe.
    """
    missing = [t for t in dict.fromkeys(texts) if load(t) is None]
    _decided.clear()  # another process may have built them since
    if not missing:
        return 0
    compiler, place = _tool(), _made(folder())
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda text: _build(compiler, key(text), f"{prelude()}\n{text}", (), place), missing))
    _decided.clear()
    return len(missing)


def load_library(text: str, options: tuple[str, ...]) -> Any | None:
    """A library that stands for itself, without the prelude of kernels, if it was built before.

    Args:
        text: of the library.
        options: further options of the compiler.

    Returns:
        The library; `None` where the cache has none.
    """
    return _opened(_libraries() / f"{key(text, options)}.so")


def build_library(text: str, options: tuple[str, ...]) -> None:
    """Builds such a library if the cache lacks it.

    Args:
        text: of the library.
        options: further options of the compiler.

    Raises:
        EngineError: there is no compiler, it failed, or the folder of the cache is not safe.
    """
    if load_library(text, options) is None:
        _build(_tool(), key(text, options), text, options, _made(_libraries()))


def _libraries() -> Path:
    """The folder of what stands for itself, beside the kernels."""
    return folder().parent / "libraries"


def _tool() -> str:
    """The compiler."""
    compiler = find_compiler()
    if compiler is None:
        fix = "install g++ or clang++, or name one in the variable CXX."
        raise EngineError(message("precompile", "there is no C++ compiler on this machine.", fix=fix))
    return compiler


def _made(place: Path) -> Path:
    """A folder of the cache, made where there was none."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not safe(place):
        fix = "take the rights of others away (chmod 700), or name another folder in SUJEONG_CACHE."
        what = "others may write into the folder of compiled kernels, so it is not used."
        raise EngineError(message("precompile", what, received=str(place), fix=fix))
    return place


def _build(compiler: str, name: str, text: str, options: tuple[str, ...], place: Path) -> None:
    """Builds one library aside, then gives it its name."""
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory(dir=place) as aside:
        source, binary = Path(aside) / f"{name}.cpp", Path(aside) / f"{name}.so"
        source.write_text(text, encoding="utf-8")
        command = [compiler, *flags(), str(source), *options, "-o", str(binary)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            wrong = next((x for x in done.stderr.splitlines() if "error" in x), done.stderr[:200])
            fix = "name another compiler in CXX, or do without compiled kernels: SUJEONG_NATIVE=off."
            raise EngineError(
                message("precompile", f"the compiler failed: {wrong}", received=compiler, fix=fix)
            )
        source.replace(place / source.name)
        binary.replace(place / binary.name)

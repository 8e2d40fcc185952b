"""The arena of a recorded step's large arrays, and the plan of each program (`arena.cpp`).

The allocator of the C library, which serves many kinds of programs, leaves holes between the arrays of a
step: three quarters more memory than are ever alive at once. A recorded step asks for the same arrays in the
same order each time, so where each of them is to lie can be planned.

The arena is used where its library was built before, as compiled kernels are; `SUJEONG_MALLOC=system` leaves
everything as it was. What a program gives back stays with the process for its next call, until the
program goes or `release` is called.
"""

from __future__ import annotations

import ctypes
import os
import sys
import weakref
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import Any

import torch

from ...compiling import compiler
from ...errors import EngineError

LARGE = 1 << 16
"""Bytes from which an array lies in the arena; `LARGE` of `arena.cpp`."""
LEAST = 1 << 30
"""Bytes of addresses below which it isn't worth while."""


class Plan:
    """Where the arrays of one program lie.

    Attributes:
        enter: begins a call of the program, in this thread.
        leave: ends it.

    Args:
        library: of the arena, opened.
    """

    def __init__(self, library: Any) -> None:
        handle = ctypes.c_void_p(library.arena_plan())
        self._library, self._handle = library, handle
        self.enter, self.leave = partial(library.arena_enter, handle), partial(library.arena_leave, handle)
        weakref.finalize(self, library.arena_forget, handle).atexit = False

    def facts(self) -> tuple[int, int, int, bool]:
        """Bytes in use and reached in the arena, plans made, whether the last call differed from its plan."""
        found = (ctypes.c_int64 * 4)()
        self._library.arena_facts(self._handle, found)
        return found[0], found[1], found[2], bool(found[3])


def places(largest: int) -> Plan | None:
    """A plan for a program.

    Args:
        largest: bytes of its largest array.

    Returns:
        The plan; `None` where its arrays are small, or there is no arena.
    """
    library = opened() if largest >= LARGE else None
    return None if library is None else Plan(library)


def build() -> None:
    """Builds the arena's library; a torch that does not offer what it needs goes without."""
    if not _wanted():
        return
    try:
        compiler.build_library(*_source())
    except EngineError:
        return
    _found.cache_clear()


def release() -> None:
    """Gives the pages that no array lies on back to the system."""
    library = opened()
    if library is not None:
        library.arena_trim()


def opened() -> Any | None:
    """The library, with the arena in place; `None` where there is none."""
    return _found(compiler.folder()) if _wanted() else None


@cache
def _found(folder: Path) -> Any | None:
    library = compiler.load_library(*_source())
    if library is None:
        return None
    library.arena_open.argtypes, library.arena_open.restype = [ctypes.c_int64], ctypes.c_int64
    library.arena_plan.restype = ctypes.c_void_p
    for name in ("arena_forget", "arena_enter", "arena_leave"):
        getattr(library, name).argtypes, getattr(library, name).restype = [ctypes.c_void_p], None
    library.arena_facts.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    room = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")  # addresses, not memory
    while room >= LEAST:
        if library.arena_open(room):
            return library
        room //= 2
    return None


def _wanted() -> bool:
    chosen = os.environ.get("SUJEONG_MALLOC", "keep") != "system"
    return chosen and sys.platform.startswith("linux") and compiler.enabled() and _headers().is_dir()


@cache
def _headers() -> Path:
    return Path(torch.__file__).parent / "include"


@cache
def _source() -> tuple[str, tuple[str, ...]]:
    """The text, and the options that join it to this torch."""
    text = resources.files(__package__).joinpath("arena.cpp").read_text(encoding="utf-8")
    libraries = _headers().parent / "lib"
    form = f"-D_GLIBCXX_USE_CXX11_ABI={int(torch.compiled_with_cxx11_abi())}"
    options = (f"-I{_headers()}", form, f"-L{libraries}", "-lc10")
    return f"// torch {torch.__version__}\n{text}", options

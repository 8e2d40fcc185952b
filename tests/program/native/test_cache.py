"""Building and finding kernels: only on request, only from a folder that is ours, and never half a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import sujeong as sj
from sujeong.compiling import compiler
from sujeong.errors import EngineError
from sujeong.program.native.kernel import FUSED
from sujeong.program.passes.order import optimized

X = sj.Spec((16, 8), sj.float32)


def function(x: Any) -> Any:
    """One kernel."""
    return sj.tanh(x * 3) + 1


def kernels() -> int:
    """How many kernels the function runs with now."""
    return sum(e.op is FUSED for e in optimized(sj.record(function, X)).equations)


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no memory of loaded kernels."""
    monkeypatch.setenv("SUJEONG_CACHE", str(tmp_path))
    monkeypatch.setattr(compiler, "_loaded", {})
    return tmp_path / "kernels"


def test_nothing_is_built_without_being_asked(fresh: Path) -> None:
    assert kernels() == 0
    assert sj.jit(function)(sj.zeros((16, 8))).shape == (16, 8)
    assert not fresh.exists()


def test_precompile_builds_once_and_later_recordings_find_it(fresh: Path) -> None:
    assert sj.precompile(function, X) == 1
    assert kernels() == 1
    files = sorted(p.suffix for p in fresh.iterdir())
    assert files == [".cpp", ".so"]
    stamps = [p.stat().st_mtime_ns for p in sorted(fresh.iterdir())]
    assert sj.precompile(function, X) == 1
    assert [p.stat().st_mtime_ns for p in sorted(fresh.iterdir())] == stamps
    assert fresh.stat().st_mode & 0o777 == 0o700


def test_a_run_that_began_without_goes_on_without(fresh: Path) -> None:
    step = sj.jit(function)
    x = sj.ones((16, 8))
    before = step(x).numpy().tobytes()
    sj.precompile(function, X)
    assert step(x).numpy().tobytes() == before
    assert not any(e.op is FUSED for c in step._cache.values() for e in c.runner.program.equations)


def test_it_can_be_switched_off(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sj.precompile(function, X)
    with sj.without_passes("fusion"):
        assert kernels() == 0
    monkeypatch.setenv("SUJEONG_NATIVE", "off")
    assert kernels() == 0
    assert sj.precompile(function, X) == 0


def test_one_kernel_missing_means_none_is_used(fresh: Path) -> None:
    sj.precompile(function, X)

    def both(x: Any) -> Any:
        return function(x) @ sj.sum(sj.exp(x) - 1, axis=0)

    assert not any(e.op is FUSED for e in optimized(sj.record(both, X)).equations)


def test_a_folder_that_others_may_write_into_is_not_used(fresh: Path) -> None:
    sj.precompile(function, X)
    fresh.chmod(0o777)
    assert kernels() == 1, "what this process has loaded it keeps"
    compiler._loaded.clear()
    assert kernels() == 0
    with pytest.raises(EngineError, match=r"\[precompile\] others may write into .*[\s\S]*SUJEONG_CACHE"):
        sj.precompile(function, X)


def test_a_file_that_is_no_library_is_passed_over_and_built_again(
    fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sj.precompile(function, X)
    (library,) = fresh.glob("*.so")
    other = tmp_path / "other" / "kernels"
    other.mkdir(mode=0o700, parents=True)
    (other / library.name).write_bytes(library.read_bytes()[:100])
    monkeypatch.setenv("SUJEONG_CACHE", str(other.parent))
    compiler._loaded.clear()
    assert kernels() == 0
    assert sj.precompile(function, X) == 1
    assert kernels() == 1


def test_without_a_compiler_the_error_says_what_to_do(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "find_compiler", lambda: None)
    with pytest.raises(
        EngineError, match=r"\[precompile\] there is no C\+\+ compiler[\s\S]*fix: install g\+\+"
    ):
        sj.precompile(function, X)


def test_a_compiler_that_fails_is_quoted_and_leaves_nothing(
    fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'x.cpp:1: error: not today' >&2\nexit 1\n")
    broken.chmod(0o700)
    monkeypatch.setattr(compiler, "find_compiler", lambda: str(broken))
    with pytest.raises(
        EngineError,
        match=r"the compiler failed: x\.cpp:1: error: not today[\s\S]*fix: name another compiler in CXX",
    ):
        sj.precompile(function, X)
    assert list(fresh.iterdir()) == []


def test_the_numpy_engine_builds_nothing(fresh: Path) -> None:
    with sj.using(engine="numpy"):
        assert sj.precompile(function, X) == 0
    assert not fresh.exists()


def test_another_processor_or_other_flags_are_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    compiler.key.cache_clear()
    before = compiler.key("text")
    monkeypatch.setattr(compiler, "_machine", lambda: "another")
    compiler.key.cache_clear()
    assert compiler.key("text") != before
    compiler.key.cache_clear()
    assert os.sep not in before

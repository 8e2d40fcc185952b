"""A cache of compiled kernels for the tests: shared by the workers of a run, empty at its beginning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sujeong.compiling import compiler


@pytest.fixture(scope="session")
def kernels_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder: the same one for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "kernels"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@pytest.fixture(autouse=True)
def _own_kernels(kernels_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kernels are built into that folder, and forgotten after each test."""
    if compiler.find_compiler() is None:
        pytest.skip("this machine has no C++ compiler")
    monkeypatch.setenv("SUJEONG_CACHE", str(kernels_folder))
    compiler._decided.clear()
    yield
    compiler._decided.clear()

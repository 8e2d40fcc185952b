"""What holds for every test, the examples in docstrings included. Fixtures of tests: tests/conftest.py."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import pytest

# Before NumPy or an engine is loaded: one thread each (results then repeat, workers do not fight over
# cores) and no window for pictures.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["MPLBACKEND"] = "Agg"
# Kernels that the user has built round differently: what is tested is what everybody has, or builds here.
os.environ["SUJEONG_CACHE"] = f"{tempfile.gettempdir()}/sujeong-tests-without-kernels"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """What a test or an example sets for the whole process (engine, device, seed, language) ends with it."""
    import sujeong as sj

    engine, device, seed = sj.get_engine().name, sj.get_device(), sj.get_seed()
    yield
    sj.set_engine(engine)
    sj.set_device(device)
    sj.set_seed(seed)
    sj.set_language(None)


@pytest.fixture(autouse=True)
def _own_folder(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An example in a docstring may write files: it runs in a folder of its own."""
    if isinstance(request.node, pytest.DoctestItem):
        monkeypatch.chdir(tmp_path_factory.mktemp("example"))

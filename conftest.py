"""What holds for every test, the examples in docstrings included. Fixtures of tests: tests/conftest.py."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before NumPy or an engine is loaded: one thread each (results then repeat, workers do not fight over
# cores) and no window for pictures.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["MPLBACKEND"] = "Agg"


@pytest.fixture(autouse=True)
def _isolated_example(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """An example in a docstring may write files and choose an engine: both end with it."""
    if not isinstance(request.node, pytest.DoctestItem):
        yield
        return
    import sujeong as sj

    engine, device, folder = sj.get_engine().name, sj.get_device(), Path.cwd()
    os.chdir(tmp_path_factory.mktemp("example"))
    yield
    os.chdir(folder)
    sj.set_engine(engine)
    sj.set_device(device)

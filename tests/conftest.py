"""Fixtures and strictness of the tests. Warnings are errors: see pyproject.toml."""

from __future__ import annotations

import random
import sys
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# The same examples each time, and no clock in a verdict: a failure must repeat on a slower machine.
# Fixtures may serve all examples of a test: the engine, say, stays the same for them.
settings.register_profile(
    "strict",
    derandomize=True,
    deadline=None,
    max_examples=50,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("strict")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `gpu` are reported as skipped where there is no CUDA device."""
    wanted = [item for item in items if item.get_closest_marker("gpu")]
    if wanted:
        import torch

        if not torch.cuda.is_available():
            for item in wanted:
                item.add_marker(pytest.mark.skip(reason="no CUDA device"))


@pytest.fixture(params=["numpy", "torch"])
def engine(request: pytest.FixtureRequest) -> str:
    """Runs the test once on each engine; new tensors are made on it. Gives the engine's name."""
    import sujeong as sj

    sj.set_engine(request.param)  # put back by the fixture `_as_before`, as everything of the process is
    return str(request.param)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """A number of the test's own, the same in each run and whatever ran before."""
    return zlib.crc32(request.node.nodeid.encode())


@pytest.fixture
def rng(seed: int) -> np.random.Generator:
    """Random data of the test's own, the same in each run and whatever ran before."""
    return np.random.default_rng(seed)


@pytest.fixture(autouse=True)
def _seeded(seed: int) -> None:
    """Global generators, which oracles may use, start anew for each test."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the oracles' own generator
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)

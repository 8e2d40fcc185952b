"""Ours and PyTorch do the same: the same losses from the same weights, carried from layout to layout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .conftest import FOLDER


def losses(workload: Any) -> tuple[list[float], list[float]]:
    """Ten losses of ours and of PyTorch."""
    import sides.ours as ours
    import sides.pytorch as pytorch
    from prepared import prepare

    prepared = prepare(workload)
    found = []
    for library in (ours, pytorch):
        step = library.make(workload, prepared, "cpu")
        found.append(workload.figures([library.read(step()) for _ in range(10)]))
    return found[0], found[1]


def tiny() -> Any:
    """A convolutional network with all that is turned: kernels, a dense layer after Flatten, a batch norm."""
    from workloads.supervised import Supervised

    class Tiny(Supervised):
        name = title = "tiny"
        inputs = (4, 6, 6, 3)
        classes = 5
        flatten = (3, 3, 4)

        def model(self) -> Any:
            from sujeong import nn

            convolution = nn.Conv2D(4, 3, padding="same", activation="relu")
            norm = nn.BatchNorm(momentum=0.9, epsilon=1e-5)
            return nn.Sequential([convolution, norm, nn.MaxPool2D(2), nn.Flatten(), nn.Dense(5)])

        def torch_model(self) -> Any:
            from torch import nn

            before = nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(4), nn.MaxPool2d(2)
            return nn.Sequential(*before, nn.Flatten(), nn.Linear(36, 5))

    return Tiny(checked=True)


def test_ten_equal_losses_of_a_tiny_network() -> None:
    ours, theirs = losses(tiny())
    assert len(ours) == 10
    assert ours[-1] < ours[0]  # it learns
    np.testing.assert_allclose(ours, theirs, rtol=1e-4)


def test_weights_in_the_wrong_order_are_seen() -> None:
    """The check can fail: without the order of Flatten the losses differ from the first step."""
    workload = tiny()
    type(workload).flatten = None
    ours, theirs = losses(workload)
    assert abs(ours[0] - theirs[0]) > 1e-3


@pytest.mark.parametrize("name", ["dqn", "mlp_one"])
def test_equal_losses_of_small_workloads(name: str) -> None:
    from workloads import load

    ours, theirs = losses(load(name, checked=True))
    np.testing.assert_allclose(ours, theirs, rtol=2e-3, atol=1e-5)


def test_the_same_text_is_generated() -> None:
    from workloads import load

    ours, theirs = losses(load("gpt_generate"))
    assert ours == theirs
    assert len(ours) == 16 + 64
    assert len(set(ours[16:])) > 3  # not one byte over and over, which any cache would give


def test_a_generation_costs_what_its_steps_cost() -> None:
    from prepared import prepare
    from workloads import load

    facts = prepare(load("gpt_generate")).facts
    dense = 2 * (4 * (4 * 256 * 256 + 8 * 256 * 256) + 256 * 256)  # of a place, without attention
    assert 1 <= facts["matrix_flops"] / ((16 + 63) * dense) < 1.1
    assert facts["state_bytes"] > 64 * 4 * 3_000_000  # each byte of text reads all weights


def test_operations_are_counted_alike() -> None:
    import sides.pytorch as pytorch
    from prepared import prepare
    from workloads import load

    workload = load("dqn", checked=True)
    prepared = prepare(workload)
    step = pytorch.make(workload, prepared, "cpu")
    assert pytorch.matrix_flops(step) == prepared.facts["matrix_flops"]


def test_every_workload_says_what_it_is() -> None:
    import workloads

    found = [workloads.load(name) for name in workloads.names()]
    assert [w.name for w in found] == list(workloads.names())
    assert {w.kind for w in found} <= {"training", "inference", "epochs"}
    with pytest.raises(SystemExit, match="there is no workload 'nothing'; there are: bag, "):
        workloads.load("nothing")


def test_kernels_in_pytorchs_layouts() -> None:
    from workloads.carry import to_torch

    kernel, dense = np.zeros((3, 2, 4, 5)), np.zeros((7, 6))
    turned = to_torch(["conv/kernel", "dense/kernel", "dense/bias"], [kernel, dense, np.zeros(6)])
    assert [a.shape for a in turned] == [(5, 4, 3, 2), (6, 7), (6,)]
    image = np.arange(24.0).reshape(2, 3, 4)  # height, width, channels
    rows = image.reshape(-1, 1)
    (after,) = to_torch(["kernel"], [rows], flatten=(2, 3, 4))
    assert (after[0] == image.transpose(2, 0, 1).ravel()).all()


def test_a_side_that_cannot_run_says_so(tmp_path: Path) -> None:
    """`side.py` ends with its own status and one line when a side does not do a workload."""
    command = [sys.executable, str(FOLDER / "side.py"), "keras-jax", "mlp", "--prepared", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert '{"skipped": "keras-jax ' in done.stdout

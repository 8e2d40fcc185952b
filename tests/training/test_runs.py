"""Runs: every data set that needs no files trains, and leaves what the summary says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sujeong as sj
from sujeong.training.runs import Plan, execute, reopen


def run(folder: Path, **plan: object) -> dict[str, object]:
    """The summary of a run."""
    made = Plan(**plan)  # type: ignore[arg-type]
    result = execute(made, lambda shape, outputs: sj.zoo.make(made.model, shape, outputs), folder, verbose=0)
    assert (
        json.loads((folder / "summary.json").read_text())["weights_sha256"]
        == result.summary["weights_sha256"]
    )
    return result.summary


@pytest.mark.parametrize("dataset", ["breast_cancer", "diabetes", "digits", "iris", "spirals", "xor"])
@pytest.mark.parametrize("model", ["softmax", "mlp"])
def test_a_data_set_trains(dataset: str, model: str, tmp_path: Path) -> None:
    summary = run(tmp_path, dataset=dataset, model=model, epochs=1, batch_size=32)
    figure = "test_mae" if dataset == "diabetes" else "test_accuracy"
    again, known = reopen(tmp_path)
    assert known == json.loads(json.dumps(summary))
    _, test = sj.datasets.load(dataset)
    assert again.evaluate(*test)[figure.removeprefix("test_")] == summary[figure]


def test_exclusive_or_needs_a_hidden_layer(tmp_path: Path) -> None:
    plan = {"dataset": "xor", "epochs": 200, "batch_size": 4, "rate": 0.01}
    assert run(tmp_path / "line", model="softmax", **plan)["test_accuracy"] <= 0.75
    assert run(tmp_path / "mlp", model="mlp", **plan)["test_accuracy"] == 1

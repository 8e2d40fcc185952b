"""The command line, run as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

TRAIN = ("train", "digits", "--model", "cnn", "--epochs", "3", "--batch-size", "32")


def run(*arguments: str, folder: Path, status: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs `sujeong ...` in a folder."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SUJEONG", "LANG", "LC_"))}
    done = subprocess.run(
        [sys.executable, "-m", "sujeong", *arguments],
        cwd=folder,
        env=clean | {"COLUMNS": "120", "LANG": "C.UTF-8"} | env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short finished run on the digits."""
    folder = tmp_path_factory.mktemp("cli")
    run(*TRAIN, "--out", "one", folder=folder)
    return folder


def test_train_leaves_everything(finished: Path) -> None:
    one = finished / "one"
    summary = json.loads((one / "summary.json").read_text())
    assert summary["test_accuracy"] > 0.9
    assert summary["dataset"] == "digits"
    for name in ("model/weights.safetensors", "model/config.json", "history.json"):
        assert (one / name).stat().st_size > 100
    for name in ("curves.png", "confusion.png", "mistakes.png"):
        assert (one / name).read_bytes().startswith(b"\x89PNG")


def test_same_command_twice_gives_the_same_weights(finished: Path) -> None:
    run(*TRAIN, "--out", "two", folder=finished)
    run(*TRAIN, "--out", "three", "--seed", "1", folder=finished)
    names = ("one", "two", "three")
    one, two, three = (json.loads((finished / n / "summary.json").read_text()) for n in names)
    assert one["weights_sha256"] == two["weights_sha256"]
    assert one["weights_sha256"] != three["weights_sha256"]


def test_without_matplotlib_the_run_says_how_to_get_pictures(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None  # as if it were not installed\n"
        "from sujeong.cli import main\n"
        "sys.argv = 'sujeong train xor --model mlp --epochs 1 --out one'.split(); main()"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert 'No pictures: matplotlib is not installed (pip install "sujeong[plot]").' in done.stdout
    assert (tmp_path / "one" / "model" / "weights.safetensors").exists()
    assert not list(tmp_path.rglob("*.png"))


def test_evaluate_measures_the_same(finished: Path) -> None:
    last = run("evaluate", "one", folder=finished).stdout.splitlines()[-1]
    summary = json.loads((finished / "one" / "summary.json").read_text())
    assert last == f"test accuracy {summary['test_accuracy']:.4f}"


def test_predict_a_picture(finished: Path) -> None:
    from PIL import Image

    import sujeong as sj

    (x, y), _ = sj.datasets.digits()
    Image.fromarray((x[0, :, :, 0] * 255).astype(np.uint8)).resize((64, 64)).save(
        finished / "a [red] one.png"
    )
    out = run("predict", "one", "a [red] one.png", folder=finished).stdout
    assert "a [red] one.png" in out  # no word of a name is taken for a colour
    assert f" {y[0]} " in out


def test_info_lists(tmp_path: Path) -> None:
    out = run("info", folder=tmp_path).stdout
    for word in ("numpy", "torch", "digits", "fashion_mnist"):
        assert word in out


def test_korean(tmp_path: Path) -> None:
    assert "데이터셋" in run("info", "--lang", "ko", folder=tmp_path).stdout
    assert "손글씨" in run("demo", "--help", folder=tmp_path, SUJEONG_LANG="ko").stdout


MISTAKES = [
    (("train", "digitz"), "did you mean 'digits'"),
    (("train", "digits", "--model", "cnnn"), "did you mean 'cnn'"),
    (("train", "digits", "--optimizer", "adma"), "did you mean 'adam'"),
    (("train", "digits", "--engine", "numpie"), "did you mean 'numpy'"),
    (("train", "iris", "--model", "cnn"), "needs images"),
    (("train", "mnist"), "SUJEONG_DATA"),
    (("evaluate", "nowhere"), "there is no run in 'nowhere'"),
    (("info", "--lang", "kr"), "did you mean 'ko'"),
]


@pytest.mark.parametrize(("arguments", "match"), MISTAKES)
def test_mistakes_are_explained(arguments: tuple[str, ...], match: str, tmp_path: Path) -> None:
    done = run(*arguments, folder=tmp_path, status=2)
    assert match in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("runs/*/summary.json"))


def test_no_picture(finished: Path) -> None:
    (finished / "text.png").write_text("not a picture")
    assert "cannot read 'text.png'" in run("predict", "one", "text.png", folder=finished, status=2).stderr


def test_the_other_engine(tmp_path: Path) -> None:
    options = ("--model", "softmax", "--epochs", "2", "--engine", "numpy", "--out", "here")
    run("train", "digits", *options, folder=tmp_path)
    assert json.loads((tmp_path / "here" / "summary.json").read_text())["engine"] == "numpy"
    assert (tmp_path / "here" / "confusion.png").is_file()

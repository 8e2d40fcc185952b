"""Built-in data sets: shapes, values, proportions; and what is said when something is not there."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
import sklearn.datasets

from sujeong.data import datasets, write_idx
from sujeong.errors import ArgumentError, DataError, NameUnknownError

TABLES = {"iris": 150, "breast_cancer": 569, "diabetes": 442}
PUBLISHED = {"mnist": "mnist", "fashion_mnist": "fashion-mnist"}


def rows(x: np.ndarray) -> list[tuple[float, ...]]:
    return sorted(map(tuple, x.reshape(len(x), -1).tolist()))


def together(parts):
    (x, y), (x_test, y_test) = parts
    return np.concatenate([x, x_test]), np.concatenate([y, y_test])


def test_digits_are_scikit_learns():
    bunch = sklearn.datasets.load_digits()
    x, y = together(datasets.digits())
    assert x.shape == (1797, 8, 8, 1)
    ours = np.concatenate([x.reshape(1797, 64) * 16, y[:, np.newaxis]], axis=1)
    theirs = np.concatenate([bunch.data, bunch.target[:, np.newaxis]], axis=1)
    assert rows(ours) == rows(theirs)


def test_digits_form():
    (x, y), (x_test, y_test) = datasets.digits()
    assert x.shape == (1438, 8, 8, 1)
    assert x_test.shape == (359, 8, 8, 1)
    assert x.dtype == x_test.dtype == np.float32
    assert y.dtype == y_test.dtype == np.int64
    assert (x.min(), x.max()) == (0, 1)
    shares = np.bincount(np.concatenate([y, y_test])) * 0.2
    assert np.abs(np.bincount(y_test) - shares).max() < 1


def test_digits_can_be_changed_without_harm_to_the_next_call():
    (x, _), _ = datasets.digits()
    before = x.copy()
    x[:] = 0
    np.testing.assert_array_equal(datasets.digits()[0][0], before)


def test_shipped_files_carry_their_licence():
    folder = Path(datasets.__file__).parent / "files"
    text = (folder / "digits-LICENCE.txt").read_text(encoding="utf-8")
    for file in folder.glob("*.gz"):
        assert file.name in text
    assert "Creative Commons Attribution 4.0" in text
    assert datasets.info("digits").licence in text


@pytest.mark.parametrize("name", ["digits", "spirals", *TABLES])
def test_split_is_a_function_of_the_seed(name):
    first, again, other = (datasets.load(name, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first[1][0], again[1][0])
    np.testing.assert_array_equal(first[0][1], again[0][1])
    assert not np.array_equal(first[1][0], other[1][0])


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_scikit_learns(name):
    options = {"scaled": False} if name == "diabetes" else {}
    bunch = getattr(sklearn.datasets, f"load_{name}")(**options)
    x, y = together(datasets.load(name, standardize=False))
    assert x.dtype == np.float32
    assert x.shape[1:] == datasets.info(name).input_shape
    ours = np.concatenate([x, y.reshape(len(y), 1)], axis=1)
    theirs = np.concatenate([bunch.data, bunch.target[:, np.newaxis]], axis=1).astype(np.float32)
    assert rows(ours) == rows(theirs)
    assert len(x) == TABLES[name]
    if name != "diabetes":
        assert tuple(bunch.target_names) == datasets.info(name).classes


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_standardized_by_the_training_part(name):
    (x, y), (x_test, y_test) = datasets.load(name, seed=3)
    (raw, raw_y), (raw_test, _) = datasets.load(name, seed=3, standardize=False)
    np.testing.assert_array_equal(y, raw_y)
    np.testing.assert_allclose(x.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(x.std(0), 1, rtol=1e-4)
    expected = (raw_test.astype(np.float64) - raw.mean(0, dtype=np.float64)) / raw.std(0, dtype=np.float64)
    np.testing.assert_allclose(x_test, expected, rtol=1e-3, atol=1e-4)
    if name == "diabetes":
        assert y.shape == (len(x), 1)
        assert y.dtype == np.float32
    else:
        assert y.dtype == np.int64
        counts = np.bincount(np.concatenate([y, y_test])) * 0.2
        assert np.abs(np.bincount(y_test) - counts).max() < 1


@pytest.mark.parametrize("name", TABLES)
def test_without_scikit_learn_the_cure_is_named(name, monkeypatch):
    for module in [module for module in sys.modules if module.split(".")[0] == "sklearn"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(
        DataError, match=rf"\[datasets.{name}\].*not installed.\n  fix: pip install scikit-learn"
    ):
        datasets.load(name)


def test_xor_is_the_truth_table():
    (x, y), (x_test, y_test) = datasets.xor()
    assert x.dtype == np.float32
    assert y.dtype == np.int64
    assert (x[:, 0].astype(bool) ^ x[:, 1].astype(bool)).astype(int).tolist() == y.tolist()
    assert rows(x) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    np.testing.assert_array_equal(x, x_test)
    np.testing.assert_array_equal(y, y_test)
    assert not np.shares_memory(x, x_test)


def test_spirals_lie_on_their_arms():
    x, y = together(datasets.spirals(301, classes=4, noise=0.0, seed=0))
    assert x.dtype == np.float32
    assert y.dtype == np.int64
    assert np.bincount(y).tolist() == [76, 75, 75, 75]
    radius = np.hypot(*x.T)
    assert radius.min() == pytest.approx(0.1, abs=1e-6)
    assert radius.max() == pytest.approx(1, abs=1e-6)
    turned = np.arctan2(x[:, 1], x[:, 0]) - 2 * np.pi * (y / 4 + 0.75 * radius)
    np.testing.assert_allclose(np.cos(turned), 1, atol=1e-5)


def test_spirals_noise_is_normal_and_of_the_given_size():
    clean, _ = together(datasets.spirals(4000, noise=0.0, seed=5))
    noisy, _ = together(datasets.spirals(4000, noise=0.2, seed=5))
    noise = (noisy - clean).ravel() / 0.2
    assert abs(noise.mean()) < 0.05
    assert noise.std() == pytest.approx(1, abs=0.04)
    assert (np.abs(noise) < 1).mean() == pytest.approx(0.6827, abs=0.03)
    assert (np.abs(noise) < 2).mean() == pytest.approx(0.9545, abs=0.015)
    assert abs(np.corrcoef((noisy - clean).T)[0, 1]) < 0.08


@pytest.mark.parametrize(
    "options, text",
    [
        ({"classes": 1}, "classes is not allowed.\n  received: 1\n  expected: a whole number from 2 on"),
        ({"n": 5}, "n is not allowed.\n  received: 5\n  expected: a whole number from 6 on"),
        ({"noise": -0.1}, "noise is not allowed.\n  received: -0.1"),
        ({"noise": float("nan")}, "noise is not allowed.\n  received: nan"),
        ({"test_fraction": 2}, "the fraction is not allowed.\n  received: 2"),
    ],
)
def test_spirals_refusals(options, text):
    with pytest.raises(ArgumentError) as caught:
        datasets.spirals(**options)
    assert text in str(caught.value)


def test_names_and_information():
    assert set(datasets.names()) == {"bike_sharing", "digits", "spirals", "xor", *TABLES, *PUBLISHED}
    for name in datasets.names():
        about = datasets.info(name)
        assert about.name == name
        assert getattr(datasets, name) is datasets.registry._REGISTRY[name][1]
        assert about.title
        assert about.source
        assert about.licence
        assert bool(about.classes) == (about.kind == "classification")


@pytest.mark.parametrize("name", ["digits", "xor", "spirals"])
def test_information_is_true(name):
    (x, y), _ = datasets.load(name)
    about = datasets.info(name)
    assert x.shape[1:] == about.input_shape
    assert set(y.tolist()) == set(range(len(about.classes)))


@pytest.mark.parametrize("function", [datasets.load, datasets.info])
@pytest.mark.parametrize(
    "wrong, near", [("digit", "digits"), ("MNIST", "mnist"), ("fashionmnist", "fashion_mnist")]
)
def test_unknown_name_gets_the_nearest_spelling(function, wrong, near):
    with pytest.raises(NameUnknownError, match=rf"no data set named '{wrong}'(?s:.*)did you mean '{near}'\?"):
        function(wrong)


def test_unknown_option_gets_the_nearest_spelling():
    with pytest.raises(ArgumentError, match=r"\[datasets.digits\](?s:.*)'sead'(?s:.*)did you mean 'seed'\?"):
        datasets.load("digits", sead=1)
    with pytest.raises(ArgumentError, match=r"expected: no options"):
        datasets.load("xor", seed=1)


# ------------------------------------------------------------------------------- the published files


def write_published(folder: Path, suffix: str = ".gz", dot: bool = False) -> dict[str, np.ndarray]:
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    arrays = {
        "train-images-idx3-ubyte": random.integers(0, 256, (30, 28, 28)).astype(np.uint8),
        "train-labels-idx1-ubyte": (np.arange(30) % 10).astype(np.uint8),
        "t10k-images-idx3-ubyte": random.integers(0, 256, (20, 28, 28)).astype(np.uint8),
        "t10k-labels-idx1-ubyte": (np.arange(20) % 10).astype(np.uint8),
    }
    for name, array in arrays.items():
        write_idx(folder / ((name.replace("-idx", ".idx") if dot else name) + suffix), array)
    return arrays


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("dot", [False, True])
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_files_are_read(tmp_path, monkeypatch, name, suffix, dot):
    arrays = write_published(tmp_path / name, suffix, dot)
    monkeypatch.setenv("SUJEONG_DATA", str(tmp_path))
    (x, y), (x_test, y_test) = datasets.load(name)
    for pixels, part in ((x, "train"), (x_test, "t10k")):
        assert pixels.dtype == np.float32
        np.testing.assert_array_equal(pixels[..., 0], arrays[f"{part}-images-idx3-ubyte"] / np.float32(255))
    for labels, part in ((y, "train"), (y_test, "t10k")):
        assert labels.dtype == np.int64
        np.testing.assert_array_equal(labels, arrays[f"{part}-labels-idx1-ubyte"])
    assert x.shape == (30, 28, 28, 1)
    assert x_test.shape == (20, 28, 28, 1)


def test_fashion_mnist_under_its_other_name(tmp_path, monkeypatch):
    write_published(tmp_path / "fashion-mnist")
    monkeypatch.setenv("SUJEONG_DATA", str(tmp_path))
    assert len(datasets.fashion_mnist()[0][0]) == 30


def test_a_folder_can_be_given(tmp_path, monkeypatch):
    monkeypatch.delenv("SUJEONG_DATA", raising=False)
    write_published(tmp_path)
    assert len(datasets.mnist(directory=tmp_path)[0][0]) == 30


@pytest.mark.parametrize("name", PUBLISHED)
def test_without_the_setting_the_cure_is_named(monkeypatch, name):
    monkeypatch.delenv("SUJEONG_DATA", raising=False)
    with pytest.raises(DataError) as caught:
        datasets.load(name)
    assert str(caught.value) == (
        f"[datasets.{name}] its files are not there (nothing is downloaded).\n"
        "  received: SUJEONG_DATA is not set\n"
        f"  expected: in $SUJEONG_DATA/{name}, each with or without .gz: train-images-idx3-ubyte, "
        "train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte\n"
        f"  fix: set SUJEONG_DATA to a folder, and put the published files in its folder {name}."
    )


def test_absent_files_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("SUJEONG_DATA", str(tmp_path))
    with pytest.raises(DataError) as caught:
        datasets.mnist()
    assert f"expected: in {tmp_path}/mnist, each with or without .gz: train-images-idx3-ubyte," in str(
        caught.value
    )
    write_published(tmp_path / "mnist")
    (tmp_path / "mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=rf"received: no t10k-labels-idx1-ubyte in {tmp_path}/mnist\n"):
        datasets.mnist()


def test_the_folder_that_has_some_of_the_files_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("SUJEONG_DATA", str(tmp_path))
    write_published(tmp_path / "fashion-mnist")
    (tmp_path / "fashion-mnist" / "train-images-idx3-ubyte.gz").unlink()
    missing = rf"received: no train-images-idx3-ubyte in {tmp_path}/fashion-mnist\n"
    with pytest.raises(DataError, match=rf"{missing}  expected: in {tmp_path}/fashion-mnist,"):
        datasets.fashion_mnist()


def test_a_truncated_published_file_is_named(tmp_path):
    write_published(tmp_path, suffix="")
    path = tmp_path / "t10k-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=f"{path}: the file is truncated"):
        datasets.mnist(directory=tmp_path)


@pytest.mark.parametrize(
    "file, array, text",
    [
        ("train-images", np.zeros((30, 8, 8), np.uint8), "received: uint8 of shape (30, 8, 8)"),
        ("train-images", np.zeros((30, 28, 28), np.float32), "expected: uint8 of shape (n, 28, 28)"),
        ("train-labels", np.zeros(29, np.uint8), "expected: uint8 of shape (30,), as many as the images"),
        ("train-labels", np.zeros(30, np.int32), "received: int32 of shape (30,)"),
        (
            "t10k-labels",
            np.full(20, 10, np.uint8),
            "a label is out of range.\n  received: 10 at row 0\n  expected: 0 to 9",
        ),
    ],
)
def test_files_that_hold_something_else(tmp_path, file, array, text):
    write_published(tmp_path)
    (path,) = tmp_path.glob(f"{file}*")
    write_idx(path, array)
    with pytest.raises(DataError) as caught:
        datasets.mnist(directory=tmp_path)
    assert str(path) in str(caught.value)
    assert text in str(caught.value)


def test_published_files_without_images(tmp_path):
    write_published(tmp_path)
    write_idx(tmp_path / "t10k-images-idx3-ubyte.gz", np.zeros((0, 28, 28), np.uint8))
    write_idx(tmp_path / "t10k-labels-idx1-ubyte.gz", np.zeros(0, np.uint8))
    with pytest.raises(DataError, match="expected: at least one image"):
        datasets.mnist(directory=tmp_path)


def real_folder(name: str) -> Path | None:
    root = os.environ.get("SUJEONG_DATA", "")
    folders = [Path(root, name), Path(root, PUBLISHED[name])] if root else []
    return next((folder for folder in folders if folder.is_dir()), None)


def where_real(name: str, *figures: object):
    absent = real_folder(name) is None
    return pytest.param(
        name, *figures, marks=pytest.mark.skipif(absent, reason=f"no {name} in $SUJEONG_DATA")
    )


@pytest.mark.parametrize(
    "name, mean, first, first_test, counts",
    [
        where_real(
            "mnist",
            0.1307,
            [5, 0, 4, 1, 9, 2, 1, 3],
            [7, 2, 1, 0, 4, 1, 4, 9],
            [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
        ),
        where_real("fashion_mnist", 0.2860, [9, 0, 0, 3, 0, 2, 7, 2], [9, 2, 1, 1, 6, 1, 4, 6], [6000] * 10),
    ],
)
def test_the_real_files(name, mean, first, first_test, counts):
    (x, y), (x_test, y_test) = datasets.load(name)
    assert x.shape == (60000, 28, 28, 1)
    assert x_test.shape == (10000, 28, 28, 1)
    assert x.mean(dtype=np.float64) == pytest.approx(mean, abs=5e-5)
    assert (x.min(), x.max()) == (0, 1)
    assert y[:8].tolist() == first
    assert y_test[:8].tolist() == first_test
    assert np.bincount(y).tolist() == counts

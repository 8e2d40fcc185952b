"""MNIST and Fashion-MNIST, read from the files that their authors published."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from ...errors import DataError, message
from ..idx import read_idx
from .registry import DatasetInfo, Splits, register

_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)

_MNIST = DatasetInfo(
    name="mnist",
    title="MNIST handwritten digits, 28 by 28",
    kind="classification",
    classes=tuple("0123456789"),
    input_shape=(28, 28, 1),
    source="Y. LeCun, C. Cortes, C. Burges (1998), The MNIST database of handwritten digits",
    licence="usually given as CC BY-SA 3.0",
    needs="its four IDX files in $SUJEONG_DATA/mnist",
)

_FASHION_MNIST = DatasetInfo(
    name="fashion_mnist",
    title="Fashion-MNIST articles of clothing, 28 by 28",
    kind="classification",
    classes=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    input_shape=(28, 28, 1),
    source="H. Xiao, K. Rasul, R. Vollgraf (2017), github.com/zalandoresearch/fashion-mnist",
    licence="MIT",
    needs="its four IDX files in $SUJEONG_DATA/fashion_mnist",
)


@register(_MNIST)
def mnist(*, directory: str | os.PathLike[str] | None = None) -> Splits:
    """70,000 handwritten digits of 28 by 28 pixels, with the published split: 60,000 and 10,000.

    Nothing is downloaded: the four published IDX files (with or without `.gz`) are looked for in
    `$SUJEONG_DATA/mnist`.

    Args:
        directory: where the files lie; None: in `$SUJEONG_DATA/mnist`.

    Returns:
        `(x, y), (x_test, y_test)`: images float32 (n, 28, 28, 1) in 0..1, labels int64 (n,).

    Raises:
        DataError: a file is absent (the text says which, and where to put it), damaged, or holds
            something else.

    Example:
        >>> import sujeong as sj
        >>> sj.datasets.info("mnist").needs
        'its four IDX files in $SUJEONG_DATA/mnist'

    Reference:
        Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998), Gradient-based learning applied to document
        recognition, Proceedings of the IEEE 86(11).
    """
    return _load(_MNIST, directory)


@register(_FASHION_MNIST)
def fashion_mnist(*, directory: str | os.PathLike[str] | None = None) -> Splits:
    """70,000 articles of clothing in ten classes, made to stand in MNIST's place and harder than it.

    Nothing is downloaded: the four published IDX files (with or without `.gz`) are looked for in
    `$SUJEONG_DATA/fashion_mnist`, then in `$SUJEONG_DATA/fashion-mnist`.

    Args:
        directory: where the files lie; None: under `$SUJEONG_DATA`.

    Returns:
        `(x, y), (x_test, y_test)`: images float32 (n, 28, 28, 1) in 0..1, labels int64 (n,).

    Raises:
        DataError: a file is absent (the text says which, and where to put it), damaged, or holds
            something else.

    Example:
        >>> import sujeong as sj
        >>> sj.datasets.info("fashion_mnist").classes[7]
        'Sneaker'

    Reference:
        H. Xiao, K. Rasul, R. Vollgraf (2017), Fashion-MNIST, arXiv:1708.07747.
    """
    return _load(_FASHION_MNIST, directory)


def _load(info: DatasetInfo, directory: str | os.PathLike[str] | None) -> Splits:
    paths = _find(info, directory)
    train, train_labels, test, test_labels = (read_idx(path) for path in paths)
    return (
        _examples(info, train, train_labels, paths[0], paths[1]),
        _examples(info, test, test_labels, paths[2], paths[3]),
    )


def _find(info: DatasetInfo, directory: str | os.PathLike[str] | None) -> list[Path]:
    """The four files, from the first folder that has any of them."""
    root = os.environ.get("SUJEONG_DATA", "")
    if directory is not None:
        folders = [Path(directory)]
    elif root:
        folders = [Path(root, name) for name in dict.fromkeys((info.name, info.name.replace("_", "-")))]
    else:
        folders = []
    missing = list(_FILES)
    for folder in folders:
        found = {file: path for file in _FILES if (path := _variant(folder, file)) is not None}
        if len(found) == len(_FILES):
            return list(found.values())
        if found:
            missing, folders = [file for file in _FILES if file not in found], [folder]
            break
    target = folders[0] if folders else Path("$SUJEONG_DATA", info.name)
    raise DataError(
        message(
            f"datasets.{info.name}",
            "its files are not there (nothing is downloaded).",
            received=f"no {', '.join(missing)} in {' or '.join(map(str, folders))}"
            if folders
            else "SUJEONG_DATA is not set",
            expected=f"in {target}, each with or without .gz: {', '.join(_FILES)}",
            fix="put the published files there."
            if folders
            else f"set SUJEONG_DATA to a folder, and put the published files in its folder {info.name}.",
        )
    )


def _variant(folder: Path, file: str) -> Path | None:
    """The file under one of the names in use: packed or not, and with a dot as some unpackers write it."""
    for name in (file, file.replace("-idx", ".idx")):
        for path in (folder / f"{name}.gz", folder / name):
            if path.is_file():
                return path
    return None


def _examples(
    info: DatasetInfo, images: np.ndarray, labels: np.ndarray, images_path: Path, labels_path: Path
) -> tuple[np.ndarray, np.ndarray]:
    height, width, _ = info.input_shape
    if images.dtype != np.uint8 or images.shape[1:] != (height, width):
        raise _wrong(info, images_path, images, f"uint8 of shape (n, {height}, {width})")
    if labels.dtype != np.uint8 or labels.shape != images.shape[:1]:
        raise _wrong(info, labels_path, labels, f"uint8 of shape ({len(images)},), as many as the images")
    if not len(images):
        raise _wrong(info, images_path, images, "at least one image")
    if labels.max() >= len(info.classes):
        raise DataError(
            message(
                f"datasets.{info.name}",
                f"{labels_path}: a label is out of range.",
                received=f"{labels.max()} at row {labels.argmax()}",
                expected=f"0 to {len(info.classes) - 1}",
            )
        )
    pixels = np.divide(images[..., np.newaxis], np.float32(255), dtype=np.float32)
    return pixels, labels.astype(np.int64)


def _wrong(info: DatasetInfo, path: Path, array: np.ndarray, expected: str) -> DataError:
    return DataError(
        message(
            f"datasets.{info.name}",
            f"{path} holds something else.",
            received=f"{array.dtype} of shape {array.shape}",
            expected=expected,
            fix="check that the published files are not mixed up.",
        )
    )

"""Classic small tables, as they come with scikit-learn, which is loaded when one is asked for."""

from __future__ import annotations

import importlib

import numpy as np

from ...errors import DataError, message
from ..scaling import standardize as standardize_features
from ..splits import split_indices
from .registry import DatasetInfo, Splits, register

_NEEDS = "scikit-learn (pip install scikit-learn)"

_IRIS = DatasetInfo(
    name="iris",
    title="Iris flowers",
    kind="classification",
    classes=("setosa", "versicolor", "virginica"),
    input_shape=(4,),
    source="R. A. Fisher (1936), The use of multiple measurements in taxonomic problems, Annals of "
    "Eugenics 7; UCI Machine Learning Repository, doi:10.24432/C56C76",
    licence="CC BY 4.0",
    needs=_NEEDS,
)

_BREAST_CANCER = DatasetInfo(
    name="breast_cancer",
    title="Breast cancer, Wisconsin (diagnostic)",
    kind="classification",
    classes=("malignant", "benign"),
    input_shape=(30,),
    source="W. Wolberg, O. Mangasarian, N. Street, W. Street (1995), UCI Machine Learning Repository, "
    "doi:10.24432/C5DW2B",
    licence="CC BY 4.0",
    needs=_NEEDS,
)

_DIABETES = DatasetInfo(
    name="diabetes",
    title="Progression of diabetes after one year",
    kind="regression",
    input_shape=(10,),
    source="B. Efron, T. Hastie, I. Johnstone, R. Tibshirani (2004), Least Angle Regression, Annals of "
    "Statistics 32(2)",
    licence="none stated by its authors; distributed with scikit-learn (BSD-3-Clause)",
    needs=_NEEDS,
)


@register(_IRIS)
def iris(*, seed: int = 0, test_fraction: float = 0.2, standardize: bool = True) -> Splits:
    """150 iris flowers of three kinds by the length and width of sepal and petal (cm).

    Args:
        seed: the split is a function of it; each kind in proportion.
        test_fraction: share of the test part.
        standardize: give each feature mean 0 and standard deviation 1, by the training part's figures.

    Returns:
        `(x, y), (x_test, y_test)`: features float32 (n, 4), labels int64 (n,).

    Raises:
        DataError: scikit-learn, with which the data come, is not installed.

    Example:
        >>> import sujeong as sj
        >>> sj.datasets.info("iris").classes
        ('setosa', 'versicolor', 'virginica')
    """
    return _load(_IRIS, seed, test_fraction, standardize)


@register(_BREAST_CANCER)
def breast_cancer(*, seed: int = 0, test_fraction: float = 0.2, standardize: bool = True) -> Splits:
    """569 tumours, malignant (0) or benign (1), by 30 measures of the cell nuclei in an image.

    Args:
        seed: the split is a function of it; both classes in proportion.
        test_fraction: share of the test part.
        standardize: give each feature mean 0 and standard deviation 1, by the training part's figures.

    Returns:
        `(x, y), (x_test, y_test)`: features float32 (n, 30), labels int64 (n,).

    Raises:
        DataError: scikit-learn, with which the data come, is not installed.

    Example:
        >>> import sujeong as sj
        >>> sj.datasets.info("breast_cancer").classes
        ('malignant', 'benign')
    """
    return _load(_BREAST_CANCER, seed, test_fraction, standardize)


@register(_DIABETES)
def diabetes(*, seed: int = 0, test_fraction: float = 0.2, standardize: bool = True) -> Splits:
    """442 patients: how far diabetes has gone after a year, from age, sex, body-mass index, blood
    pressure and six blood values.

    The features are the raw ones: those that scikit-learn gives by default were scaled with the figures of
    all patients, the test part included.

    Args:
        seed: the split is a function of it.
        test_fraction: share of the test part.
        standardize: give each feature mean 0 and standard deviation 1, by the training part's figures.

    Returns:
        `(x, y), (x_test, y_test)`: features float32 (n, 10), targets float32 (n, 1), from 25 to 346. The
        second axis is there so that they meet the output of `Dense(1)` in shape.

    Raises:
        DataError: scikit-learn, with which the data come, is not installed.

    Example:
        >>> import sujeong as sj
        >>> sj.datasets.info("diabetes").kind
        'regression'
    """
    return _load(_DIABETES, seed, test_fraction, standardize, scaled=False)


def _load(info: DatasetInfo, seed: int, test_fraction: float, standardize: bool, **options: bool) -> Splits:
    try:
        module = importlib.import_module("sklearn.datasets")
    except ImportError:
        raise DataError(
            message(
                f"datasets.{info.name}",
                "the data come with scikit-learn, which is not installed.",
                fix='pip install scikit-learn (or pip install "sujeong[data]").',
            )
        ) from None
    table = getattr(module, f"load_{info.name}")(**options)
    x, y = table.data, table.target
    classification = info.kind == "classification"
    kept, held_out = split_indices(
        len(x), test_fraction, seed=seed, labels=y if classification else None, site=f"datasets/{info.name}"
    )
    train, test = x[kept], x[held_out]
    train, test = standardize_features(train, test) if standardize else (train, test)
    targets = y.astype(np.int64) if classification else y.astype(np.float32)[:, np.newaxis]
    return (train.astype(np.float32), targets[kept]), (test.astype(np.float32), targets[held_out])

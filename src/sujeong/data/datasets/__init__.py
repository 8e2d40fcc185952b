"""Built-in data sets: each a function of its name that gives `(x, y), (x_test, y_test)`."""

from sujeong.data.datasets.published import fashion_mnist, mnist
from sujeong.data.datasets.registry import DatasetInfo, info, load, names, register
from sujeong.data.datasets.shipped import digits
from sujeong.data.datasets.tables import breast_cancer, diabetes, iris
from sujeong.data.datasets.toys import spirals, xor

__all__ = [
    "DatasetInfo",
    "breast_cancer",
    "diabetes",
    "digits",
    "fashion_mnist",
    "info",
    "iris",
    "load",
    "mnist",
    "names",
    "register",
    "spirals",
    "xor",
]

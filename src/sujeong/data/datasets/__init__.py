"""Built-in data sets: each a function of its name that gives `(x, y), (x_test, y_test)`."""

from .bikes import bike_sharing
from .published import fashion_mnist, mnist
from .registry import DatasetInfo, info, load, names, register
from .shipped import digits
from .tables import breast_cancer, diabetes, iris
from .toys import spirals, xor

__all__ = [
    "DatasetInfo",
    "bike_sharing",
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

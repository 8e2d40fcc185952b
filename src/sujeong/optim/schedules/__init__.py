"""Schedules: the learning rate as a function of the step."""

from .constant import Constant
from .cosine import Cosine
from .exponential import Exponential
from .one_cycle import OneCycle
from .piecewise import Step
from .plateau import Plateau
from .schedule import Schedule

__all__ = [
    "Constant",
    "Cosine",
    "Exponential",
    "OneCycle",
    "Plateau",
    "Schedule",
    "Step",
]

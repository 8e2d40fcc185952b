"""Optimisers, schedules of their rates, clipping and weight decay: one idea a file."""

from .adagrad import AdaGrad
from .adam import Adam, AdamW
from .clipping import clip_by_global_norm, clip_by_norm, clip_by_value, global_norm
from .optimizer import Optimizer
from .registry import get, names, serialize
from .rmsprop import RMSProp
from .rprop import Rprop
from .schedules import (
    Constant,
    Cosine,
    Exponential,
    OneCycle,
    Plateau,
    Schedule,
    Step,
)
from .sgd import SGD, Momentum, Nesterov
from .sign import SignSGD

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Constant",
    "Cosine",
    "Exponential",
    "Momentum",
    "Nesterov",
    "OneCycle",
    "Optimizer",
    "Plateau",
    "RMSProp",
    "Rprop",
    "Schedule",
    "SignSGD",
    "Step",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "get",
    "global_norm",
    "names",
    "serialize",
]

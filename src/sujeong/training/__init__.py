"""Training: data, model, loss, optimiser. `compile`, `fit`, `evaluate` and `predict` become methods of modules."""

from ..nn.module import Module
from .callbacks import Callback, EarlyStopping
from .fit import compile, evaluate, fit, predict
from .history import History

Module.compile = compile
Module.fit = fit
Module.evaluate = evaluate
Module.predict = predict

__all__ = ["Callback", "EarlyStopping", "History"]

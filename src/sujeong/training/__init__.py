"""Training: data, model, loss, optimiser. `compile`, `fit`, `evaluate` and `predict` become methods here."""

from ..nn.module import Module
from .callbacks import Callback, EarlyStopping
from .fit import compile, evaluate, fit, predict
from .history import History
from .precompile import precompile
from .recipe import describe, restore, state

Module.compile = compile
Module.fit = fit
Module.evaluate = evaluate
Module.predict = predict
Module.precompile = precompile
Module._compile_config = describe  # what a saved model keeps of it, and how it comes back
Module._compile_from = restore
Module._compile_state = state

__all__ = ["Callback", "EarlyStopping", "History"]

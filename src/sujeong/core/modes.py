"""What the current thread of work is doing: recording, building gradients, training.

Each mode is a context variable, so threads and tasks never meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

grad_enabled: ContextVar[bool] = ContextVar("grad_enabled", default=True)
training: ContextVar[bool] = ContextVar("training", default=False)
substitutes: ContextVar[Any] = ContextVar("substitutes", default=None)
recorder: ContextVar[Any] = ContextVar("recorder", default=None)
keeping: ContextVar[bool] = ContextVar("keeping", default=False)
backward: ContextVar[bool] = ContextVar("backward", default=False)
precision: ContextVar[str] = ContextVar("precision", default="float32")
auto_precision: ContextVar[str] = ContextVar("auto_precision", default="auto")
passes_off: ContextVar[frozenset[str]] = ContextVar("passes_off", default=frozenset())


@contextmanager
def _set(variable: ContextVar[Any], value: Any) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def no_grad() -> Any:
    """Inside this context, no operation is noted for gradients.

    Returns:
        A context manager.

    Example:
        >>> import sujeong as sj
        >>> x = sj.asarray(2.0, requires_grad=True)
        >>> with sj.no_grad():
        ...     y = x * x
        >>> y.requires_grad
        False
    """
    return _set(grad_enabled, False)


@contextmanager
def backward_pass(again: bool) -> Iterator[None]:
    """Inside this context a backward pass runs.

    Args:
        again: whether its operations are noted, so that gradients can be taken of gradients.
    """
    with _set(backward, True), _set(grad_enabled, again):
        yield


def enable_grad() -> Any:
    """Inside this context, operations are noted for gradients again.

    Returns:
        A context manager.

    Example:
        >>> import sujeong as sj
        >>> x = sj.asarray(2.0, requires_grad=True)
        >>> with sj.no_grad(), sj.enable_grad():
        ...     y = x * x
        >>> y.requires_grad
        True
    """
    return _set(grad_enabled, True)


def keep_values() -> Any:
    """Inside this context, every operation that is noted for gradients keeps its inputs and its result.

    Otherwise a node keeps only what its gradient rule reads, so that memory is free for the rest. `sj.draw`
    writes the values that it finds onto the edges of the graph.

    Returns:
        A context manager.

    Example:
        >>> import sujeong as sj
        >>> x = sj.asarray(2.0, requires_grad=True)
        >>> with sj.inspect.keep_values():
        ...     y = (x + 1) * 3
        >>> picture = sj.draw(y, "graph.png")
    """
    return _set(keeping, True)


def training_mode(on: bool = True) -> Any:
    """Inside this context layers behave as in training: dropout drops, batch norm uses the batch.

    Args:
        on: `False` switches back to prediction inside.

    Returns:
        A context manager.

    Example:
        >>> import sujeong as sj
        >>> with sj.training_mode():
        ...     sj.is_training()
        True
    """
    return _set(training, on)


def is_training() -> bool:
    """Whether layers behave as in training now.

    Returns:
        `True` inside `training_mode()` or a call with `training=True`.

    Example:
        >>> import sujeong as sj
        >>> sj.is_training()
        False
    """
    return training.get()

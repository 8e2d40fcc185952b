"""Running one operation: find the kernel, call it, note how the result was made.

This is the hot path of eager use. The kernel is called first; only if it fails does the inference rule
run, to explain the failure in our own words.
"""

from __future__ import annotations

from typing import Any

from ..errors import EngineError, SujeongError, message
from . import modes
from .node import Kept, Node, Part
from .op import Op
from .tensor import Tensor

_grad_enabled = modes.grad_enabled.get
_keeping = modes.keeping.get


def apply(op: Op, *inputs: Tensor, **attributes: Any) -> Any:
    """Runs an operation on tensors of one engine.

    Args:
        op: the operation.
        *inputs: its tensors.
        **attributes: its plain values (axes, sizes, element types).

    Returns:
        A tensor, or a tuple of tensors for an operation with several results.

    Raises:
        ShapeError: shapes do not fit.
        DTypeError: an element type is not taken.
        EngineError: engines or devices are mixed, or the engine has no such kernel.
    """
    engine, node, arrays = inputs[0]._engine, None, []
    for x in inputs:
        if x._engine is not engine:
            return apply(op, *_meet(op, inputs), **attributes)
        if x._node is not None:
            node = x._node
        arrays.append(x._array)
    kernel = engine.kernels.get(op.name)
    if kernel is None:
        return _without_kernel(op, inputs, attributes, engine)
    try:
        out = kernel(*arrays, **attributes)
    except SujeongError:
        raise
    except Exception as error:  # noqa: BLE001 - any failure of an engine is explained
        out = _spare(op, inputs, attributes, engine, error)
    if node is not None and _grad_enabled() and (op.gradient_rule is not None or op.readable is not None):
        return _noted(op, inputs, attributes, out, engine)
    if out.__class__ is tuple:
        return tuple([Tensor(array, engine) for array in out])
    return Tensor(out, engine)


def _noted(op: Op, inputs: tuple[Tensor, ...], attributes: Any, out: Any, engine: Any) -> Any:
    """Wraps a result together with the node that says how it was made."""
    keeps = op.keeps_inputs
    if keeps is True:
        kept: tuple[Any, ...] = inputs
    elif keeps is False:
        kept = tuple([x.spec for x in inputs])
    else:
        kept = tuple([x if i in keeps else x.spec for i, x in enumerate(inputs)])
    several = out.__class__ is tuple
    if not several and not engine.dtype(out).is_differentiable:  # whole numbers carry no gradient onward
        return Tensor(out, engine)
    reads = op.keeps_output
    if reads is True:
        output = out
    elif reads:
        output = tuple([array if i in reads else engine.spec(array) for i, array in enumerate(out)])
    else:
        output = tuple([engine.spec(array) for array in out]) if several else engine.spec(out)
    node = Node(op, attributes, tuple([x._node for x in inputs]), kept, output, engine)
    if _keeping():
        node = Kept(node, inputs, out)
    if not several:
        return Tensor(out, engine, node)
    return tuple(
        [
            Tensor(array, engine, Part(node, i) if engine.dtype(array).is_differentiable else None)
            for i, array in enumerate(out)
        ]
    )


def _spare(op: Op, inputs: tuple[Tensor, ...], attributes: Any, engine: Any, error: Exception) -> Any:
    """The result of a spare kernel, if the first one failed because it lacks the element type."""
    spare = engine.spares.get((op.name, inputs[0].dtype))
    if spare is None:
        raise explain(op, inputs, attributes, error) from None
    try:
        return spare(*[x._array for x in inputs], **attributes)
    except Exception as other:  # noqa: BLE001 - any failure of an engine is explained
        raise explain(op, inputs, attributes, other) from None


def _without_kernel(op: Op, inputs: tuple[Tensor, ...], attributes: Any, engine: Any) -> Any:
    """The readable form of a composite; or the recording around, if that is where the inputs come from."""
    recorder = modes.recorder.get()
    if getattr(engine, "is_recorder", False) and engine is not recorder:
        if recorder is None:
            raise engine.leak(op.name, inputs)
        return apply(op, *[recorder.lift(x, op.name) for x in inputs], **attributes)
    if op.readable is not None:
        return op.readable(*inputs, **attributes)
    text = message(op.name, f"engine {engine.name!r} has no kernel for it.", fix="use another engine.")
    raise EngineError(text)


def _meet(op: Op, inputs: tuple[Tensor, ...]) -> list[Tensor]:
    """Brings constants into a recording; tensors of two engines never meet silently."""
    for x in inputs:
        if getattr(x._engine, "is_recorder", False):
            recorder: Any = (
                modes.recorder.get() or x._engine
            )  # the innermost; the inputs may come from around it
            return [recorder.lift(each, op.name) for each in inputs]
    names = ", ".join(f"{x.spec} on {x.engine}:{x.device}" for x in inputs)
    fix = "bring them together: x.to(engine=...), or model.to(engine=...)."
    raise EngineError(message(op.name, "tensors of two engines were mixed.", received=names, fix=fix))


def explain(op: Op, inputs: tuple[Tensor, ...], attributes: dict[str, Any], error: Exception) -> Exception:
    """The error for a kernel that failed: the inference rule's own words where it refuses the inputs."""
    specs = [x.spec for x in inputs]
    devices = {x.device for x in inputs}
    received = ", ".join(map(str, specs)) or "no tensors"
    if len(devices) > 1:
        fix = "bring them to one device: x.to(device)."
        what = f"tensors of several devices were mixed: {', '.join(sorted(devices))}."
        return EngineError(message(op.name, what, received=received, fix=fix))
    if op.infer is not None:
        try:
            op.infer(*specs, **attributes)
        except SujeongError as refusal:
            return refusal
        except Exception as defect:  # noqa: BLE001 - a defect of the rule must not hide the kernel's own message
            error = ExceptionGroup("kernel and inference rule both failed", [error, defect])
    engine = inputs[0]._engine.name if inputs else "?"
    if isinstance(error, MemoryError):
        raise error
    what = f"the {engine} engine failed: {type(error).__name__}: {error}"
    details = f"{received}; {attributes}" if attributes else received
    return EngineError(message(op.name, what, received=details))

"""Bias inside the product: a convolution and the bias added to it become one operation.

    %3 = convolution %0 %1                                  %4 = convolution_bias %0 %1 %2
    %4 = add %3 %2             %2: float32[channels]

The library adds the bias while a sum lies in a register; an `add` of its own goes through all of the result
once more. Done where the engine has such a kernel and nobody else reads the sum without the bias. With the
channels in front, a permutation stands between the two; it then follows.

The library may begin its sums with the bias, so results are the same to rounding, not to the bit. A matrix
product is left as it is: its library adds a bias in a pass of its own, no faster than `add` in place.
"""

from __future__ import annotations

from collections import Counter
from itertools import count

from ...core.op import OPS
from ...ops.conv_bias import CONVOLUTION_BIAS
from ..ir import Equation, Phase, Program, Symbol
from .dead_code import dead_code
from .rewrite import rebuilt, results, symbols

Made = dict[Symbol, Equation]


def bias(program: Program) -> Program:
    """The program with each bias in its convolution.

    Args:
        program: any program.

    Returns:
        The same results, to rounding.
    """
    if CONVOLUTION_BIAS.name not in program.engine.kernels:
        return program
    walk = _Walk(program)
    kept = [new for e in program.equations for new in walk.visit(e)]
    if not walk.gone:
        return program
    return dead_code(rebuilt(program, [e for e in kept if e not in walk.gone]))


class _Walk:
    """One walk through a program.

    Attributes:
        made: symbol -> the equation that defines it.
        readers: how many equations and results read a symbol.
        gone: equations whose work another one does now.
    """

    def __init__(self, program: Program) -> None:
        self.made: Made = {s: e for e in program.equations for s in e.outputs}
        self.readers = Counter(s for e in program.equations for s in e.inputs)
        self.readers.update(results(program))
        self.gone: set[Equation] = set()
        self.numbers = count(1 + max((s.index for s in symbols(program)), default=0))

    def visit(self, e: Equation) -> list[Equation]:
        """What stands in the place of an equation."""
        if e.op.name != "add":
            return [e]
        return self.joined(e, *e.inputs) or self.joined(e, *reversed(e.inputs)) or [e]

    def joined(self, e: Equation, product: Symbol, added: Symbol) -> list[Equation]:
        """The equations for product + added, if that is a convolution plus its bias; else none."""
        path = self.path(product)
        if not path or product.spec != e.outputs[0].spec:
            return []
        convolution, *turned = path
        axes = tuple(turned[0].attributes["axes"]) if turned else tuple(range(len(product.shape)))
        before, vector = self.vector(added, product, axes.index(len(axes) - 1))
        if vector is None:
            return []
        self.gone.update(path)
        inputs = (*convolution.inputs, vector)
        out = self.fresh(convolution.outputs[0]) if turned else e.outputs[0]
        one = Equation(
            CONVOLUTION_BIAS, inputs, convolution.attributes, (out,), False, convolution.place, e.phase
        )
        after = [Equation(t.op, (out,), t.attributes, e.outputs, False, t.place, t.phase) for t in turned]
        return [*before, one, *after]

    def path(self, symbol: Symbol) -> list[Equation]:
        """The convolution, then its permutation if there is one, behind a symbol that one `add` reads."""
        e = self.made.get(symbol)
        if e is None or self.readers[symbol] != 1:
            return []
        if e.op.name == "convolution":
            return [e]
        if e.op.name != "permute_dims":
            return []
        before = self.made.get(e.inputs[0])
        alone = self.readers[e.inputs[0]] == 1
        return [before, e] if before is not None and before.op.name == "convolution" and alone else []

    def vector(self, added: Symbol, product: Symbol, axis: int) -> tuple[list[Equation], Symbol | None]:
        """What is added, as one number a channel, and the equation that makes it; `None` if it is more."""
        source = self.made.get(added)
        if source is not None and source.op.name == "broadcast_to":
            added = source.inputs[0]
            source = self.made.get(added)
        channels, rank = product.shape[axis], len(product.shape)
        at = axis - (rank - len(added.shape))  # counted from the last axis, as shapes are aligned
        fits = at >= 0 and added.shape == tuple(channels if i == at else 1 for i in range(len(added.shape)))
        if not fits:
            return [], None
        if added.shape == (channels,):
            return [], added
        if source is not None and source.op.name == "reshape" and source.inputs[0].shape == (channels,):
            return [], source.inputs[0]
        flat = self.fresh(added, (channels,))
        return [
            Equation(OPS["reshape"], (added,), {"shape": (channels,)}, (flat,), False, "", Phase.APART)
        ], flat

    def fresh(self, like: Symbol, shape: tuple[int, ...] | None = None) -> Symbol:
        """A new symbol."""
        return Symbol(like.spec.like(shape=like.shape if shape is None else shape), next(self.numbers))

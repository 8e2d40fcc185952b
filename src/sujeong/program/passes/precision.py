"""Mixed precision: products in 16 bits, everything that adds up many numbers or is sensitive in 32.

    products     matmul, convolutions, attention and their gradients: inputs and results in 16 bits
    followers    ReLU, sums of two, pooling, views ...: 16 bits where what they read is a product's
    bias sums    16 bits in and out: engines add up in 32 and round the end, as they do for products
    norms        values in 16 bits as they come, statistics and parameters in 32
    all else     32 bits: softmax, losses, reductions, the optimiser; variables keep 32 bits

The last layer stays in 32 bits: a product from which no other product of the forward pass follows. A program
says by its `precision` what it wants; one in float32 is left as it is.
"""

from __future__ import annotations

from ...core import dtypes
from ...core.dtypes import DType
from ...core.op import OPS
from ..ir import Equation, Phase, Program, Symbol
from .rewrite import rebuilt, results, with_inputs

LOW: dict[str, DType] = {"mixed_bfloat16": dtypes.bfloat16, "mixed_float16": dtypes.float16}

PRODUCTS = frozenset(
    {
        *("matmul", "convolution", "convolution_input_gradient", "convolution_weight_gradient"),
        *("attention", "attention_gradient", "attention_blocks", "attention_blocks_gradient"),
        *("lstm", "lstm_gradient", "gru", "gru_gradient", "simple_rnn", "simple_rnn_gradient"),
    }
)
VIEWS = frozenset(
    {
        "reshape",
        "permute_dims",
        "broadcast_to",
        "slice",
        "index",
        "flip",
        "identity",
        "recompute",
        "stop_gradient",
    }
)
FOLLOWERS = VIEWS | frozenset(
    {
        *("add", "subtract", "multiply", "negative", "where", "maximum", "minimum", "concat", "stack", "pad"),
        *("relu", "relu_gradient", "leaky_relu", "leaky_relu_gradient", "gelu", "gelu_gradient", "silu"),
        *("silu_gradient", "sigmoid", "sigmoid_gradient", "tanh", "put_slice", "roll", "take", "im2col"),
        *("split", "dynamic_slice"),
        *("max_pool", "max_pool_values", "max_pool_scatter", "max_pool_gather", "average_pool"),
        *("average_pool_transpose",),
    }
)
NORMS = {
    "batch_norm": (0,),
    "batch_norm_gradient": (0, 1),
    "batch_norm_inference": (0,),
    "layer_norm": (0,),
    "layer_norm_gradient": (0, 1),
    "rms_norm": (0,),
    "rms_norm_gradient": (0, 1),
}
"""Operation -> which inputs are values, whose bits its first result has."""


def _wide(e: Equation) -> tuple[set[int], set[int]]:
    """Which inputs and results of a product stay in 32 bits: the memory of an LSTM, and its gradients."""
    if e.op.name == "lstm":
        return {2}, {2, 3}
    if e.op.name != "lstm_gradient":
        return set(), set()
    came = [i for i, here in enumerate(e.attributes["given"]) if here]
    return {1, 2, *(4 + k for k, i in enumerate(came) if i in (2, 3))}, {2}


def precision(program: Program) -> Program:
    """The program with its products in 16 bits, if its precision is mixed.

    Args:
        program: any program.

    Returns:
        Results of the same element types, rounded differently.
    """
    low = LOW.get(program.precision)
    return program if low is None else _Lowering(program, low).run()


class _Lowering:
    """One walk through a program.

    Attributes:
        low: 32-bit symbol -> the symbol that holds it in 16 bits.
        native: those of them that were computed in 16 bits, and not cast.
        high: 32-bit symbols that exist in 32 bits.
        phase: of the equation at hand; casts that it needs are part of the same.
        settling: what becomes the new value of a variable, which keeps 32 bits, and leads there.
        waiting: views of cast symbols, which in 32 bits are made from the original when somebody asks.
    """

    def __init__(self, program: Program, low: DType) -> None:
        self.program, self.dtype = program, low
        self.low: dict[Symbol, Symbol] = {}
        self.native: set[Symbol] = set()
        self.high = {*program.inputs, *(s for _, s in program.state), *program.constants}
        self.waiting: dict[Symbol, Equation] = {}
        self.equations: list[Equation] = []
        self.count = 1 + max((s.index for s in (*self.high, *_outputs(program))), default=0)
        self.phase = Phase.APART
        self.settling = _settling(program)
        self.last = _last_products(program)

    def run(self) -> Program:
        for e in self.program.equations:
            self.phase = e.phase
            if self.in_low(e):
                self.lowered(e, native=True)
            elif e.op.name in VIEWS and e.inputs[0] in self.low:
                self.lowered(e, native=False)
                self.waiting[e.outputs[0]] = e
            elif e.op.name == "sum" and e.phase is not Phase.FORWARD and e.inputs[0] in self.native:
                self.lowered(e, native=False)
            elif e.op.name in NORMS and e.inputs[NORMS[e.op.name][0]] in self.native:
                self.norm(e)
            else:
                self.equations.append(with_inputs(e, tuple([self.in_32(s) for s in e.inputs])))
                self.high.update(e.outputs)
        self.phase = Phase.APART
        for symbol in results(self.program):
            self.in_32(symbol)
        return rebuilt(self.program, self.equations)

    def in_low(self, e: Equation) -> bool:
        """Whether an equation is computed in 16 bits: a product, or a follower of one."""
        if e.op.name in PRODUCTS:
            return e not in self.last
        if e.op.name not in FOLLOWERS or not self.settling.isdisjoint(e.outputs):
            return False
        return any(s in self.native for s in e.inputs)

    def lowered(self, e: Equation, *, native: bool) -> None:
        """An equation in 16 bits."""
        wide, kept = _wide(e)
        inputs = tuple([self.in_32(s) if i in wide else self.in_16(s) for i, s in enumerate(e.inputs)])
        outputs = tuple(
            [
                self.fresh(s) if s.dtype is dtypes.float32 and i not in kept else s
                for i, s in enumerate(e.outputs)
            ]
        )
        self.equations.append(Equation(e.op, inputs, e.attributes, outputs, e.several, e.place, e.phase))
        for old, new in zip(e.outputs, outputs, strict=True):
            if new is old:
                self.high.add(old)
                continue
            self.low[old] = new
            if native:
                self.native.add(old)

    def norm(self, e: Equation) -> None:
        """A norm: values and first result in 16 bits, the rest in 32."""
        values = NORMS[e.op.name]
        inputs = tuple([self.in_16(s) if i in values else self.in_32(s) for i, s in enumerate(e.inputs)])
        first, *rest = e.outputs
        new = self.fresh(first)
        self.equations.append(Equation(e.op, inputs, e.attributes, (new, *rest), e.several, e.place, e.phase))
        self.low[first] = new
        self.native.add(first)
        self.high.update(rest)

    def in_16(self, symbol: Symbol) -> Symbol:
        """A symbol in 16 bits; what is no 32-bit number stays what it is."""
        if symbol.dtype is not dtypes.float32:
            return symbol
        if symbol not in self.low:
            self.low[symbol] = self.fresh(symbol)
            self.cast(self.in_32(symbol), self.low[symbol])
        return self.low[symbol]

    def in_32(self, symbol: Symbol) -> Symbol:
        """A symbol in the bits that it was recorded with."""
        if symbol in self.high:
            return symbol
        self.high.add(symbol)
        original = self.waiting.get(symbol)
        if original is None:
            self.cast(self.low[symbol], symbol)
        else:
            self.equations.append(with_inputs(original, tuple([self.in_32(s) for s in original.inputs])))
        return symbol

    def cast(self, source: Symbol, target: Symbol) -> None:
        attributes = {"dtype": target.dtype}
        self.equations.append(
            Equation(OPS["astype"], (source,), attributes, (target,), False, "", self.phase)
        )

    def fresh(self, symbol: Symbol) -> Symbol:
        self.count += 1
        return Symbol(symbol.spec.like(dtype=self.dtype), self.count - 1)


def _outputs(program: Program) -> list[Symbol]:
    return [s for e in program.equations for s in e.outputs]


def _settling(program: Program) -> set[Symbol]:
    """New values of variables, and what they are made of by followers alone."""
    found = {s for _, s in program.updates}
    for e in reversed(program.equations):
        if e.op.name in FOLLOWERS and not found.isdisjoint(e.outputs):
            found.update(e.inputs)
    return found


def _last_products(program: Program) -> set[Equation]:
    """Products of the forward pass from which no other product of the forward pass follows."""
    leading: set[Symbol] = set()  # symbols from which a product follows
    found: set[Equation] = set()
    for e in reversed(program.equations):
        if e.phase is not Phase.FORWARD:
            continue
        follows = not leading.isdisjoint(e.outputs)
        if e.op.name in PRODUCTS:
            if not follows:
                found.add(e)
            follows = True
        if follows:
            leading.update(e.inputs)
    return found

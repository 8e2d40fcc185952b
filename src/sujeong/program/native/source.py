"""A scheduled group as C++: one function, from pointers to pointers.

    extern "C" void kernel(int64_t rows, const double* k, const float* i0, float* o0) {
      constexpr int64_t C = 16;
      for each chunk of rows, in parallel:
        for each row:
          for c < C:  n1 = i0[c];  n2 = n1 + ...;  o0[c] = n2

Values are n0, n1, ... in the order in which they are met, so that equal groups give equal text. The number
of rows and the constants are arguments: another batch is the same kernel. Sums over rows are taken chunk by
chunk, and the chunks added in order, so that threads change no bit.
"""

from __future__ import annotations

from ...core import dtypes
from ..ir import Equation, Symbol
from .expressions import ALIASES, CTYPES, ELEMENTWISE, REDUCTIONS, cast, computed
from .frame import Kind
from .schedule import SMALL, Schedule, Sweep

CHUNK, CHUNKS, THREADED = 8192, 64, 32768
"""Elements of a chunk at least; how many chunks there should be; elements from which threads pay."""
LONGEST_ROWS, LONGEST = 256, 8192
"""Rows of a chunk at most, elements where the frame is flat: longer sums in float32 would lose digits."""
ON_STACK = 4096
"""Columns up to which a value for each column lies on the stack."""

_START = {"sum": "0", "mean": "0", "max": "-INFINITY", "min": "INFINITY"}
_ADD = {"sum": "{0} + {1}", "mean": "{0} + {1}", "max": "greatest({0}, {1})", "min": "least({0}, {1})"}
_CLAUSE = {"sum": "+", "mean": "+", "max": "top", "min": "bottom"}


class Writer:
    """Writes one group.

    Args:
        schedule: the group in order.
        constants: inputs that are constants of the program, each one number.
    """

    def __init__(self, schedule: Schedule, constants: list[Symbol]) -> None:
        self.schedule, self.constants = schedule, constants
        self.kinds, self.columns = schedule.kinds, schedule.frame.columns
        self.arrays = [s for s in schedule.inputs if s not in constants]
        self._numbers: dict[Symbol, int] = {}
        self.reads: dict[Symbol, tuple[int, int]] = {}
        self.writes: dict[Symbol, tuple[int, int]] = {}
        self.lines: list[str] = []
        for s in (*self.constants, *self.arrays):
            self.name(s)
        for e in schedule.maker.values():
            self.name(e.outputs[0])
        self._function()
        self.text = "\n".join(self.lines) + "\n"

    def name(self, symbol: Symbol) -> str:
        """The name of a value."""
        return f"n{self._numbers.setdefault(symbol, len(self._numbers))}"

    def put(self, depth: int, *lines: str) -> None:
        """Adds lines."""
        self.lines += ["  " * depth + line for line in lines]

    # -- the whole ------------------------------------------------------------------------------------------
    def _function(self) -> None:
        schedule = self.schedule
        arguments = ["int64_t rows", "const double* k"]
        arguments += [f"const {CTYPES[s.dtype]}* i{n}" for n, s in enumerate(self.arrays)]
        arguments += [f"{CTYPES[s.dtype]}* o{n}" for n, s in enumerate(schedule.outputs)]
        self.put(0, f'extern "C" void kernel({", ".join(arguments)}) {{')
        least, most = CHUNK, LONGEST
        if self.columns is None:
            self.put(1, "const int64_t all = rows;")
        else:
            least, most = max(1, CHUNK // self.columns), LONGEST_ROWS
            self.put(1, f"constexpr int64_t C = {self.columns};", "const int64_t all = rows * C;")
        share = f"(rows + {CHUNKS - 1}) / {CHUNKS}"
        self.put(1, f"const int64_t step = std::min<int64_t>({most}, std::max<int64_t>({least}, {share}));")
        self.put(1, "const int64_t chunks = (rows + step - 1) / step;")
        for n, s in enumerate(self.constants):
            t = computed(s.dtype)
            self.put(1, f"const {t} {self.name(s)} = {t}(k[{n}]);")
        for n, s in enumerate(self.arrays):
            if self.kinds[s] is Kind.SCALAR:
                self.put(1, f"const {computed(s.dtype)} {self.name(s)} = {self._loaded(f'*i{n}', s)};")
        for number, small in enumerate(schedule.before):
            for e in small:
                self._small(e)
            if number < len(schedule.sweeps):
                self._sweep(schedule.sweeps[number], number)
        self.put(0, "}")

    def _loaded(self, text: str, symbol: Symbol) -> str:
        return f"wide({text})" if symbol.dtype is dtypes.bfloat16 else text

    def _stored(self, text: str, symbol: Symbol) -> str:
        if symbol.dtype is dtypes.bool_:
            return f"uint8_t({text})"
        if symbol.dtype is not dtypes.bfloat16:
            return text
        e = self.schedule.maker.get(symbol)
        return f"{'cut' if e is not None and e.op.name == 'astype' else 'narrow'}({text})"

    def value(self, symbol: Symbol) -> str:
        """A value as an expression: its name, or its element of this column."""
        if self.kinds[symbol] is not Kind.COLUMN:
            return self.name(symbol)
        if symbol in self.arrays:
            return self._loaded(f"i{self.arrays.index(symbol)}[c]", symbol)
        return f"{self.name(symbol)}[c]"

    def expression(self, e: Equation) -> str:
        """What an equation computes, from the names of its inputs."""
        inputs = [self.value(s) for s in e.inputs]
        if e.op.name in ALIASES:
            return inputs[0]
        (out,) = e.outputs
        if e.op.name == "astype":
            return cast(inputs[0], e.inputs[0].dtype, out.dtype)
        first = e.inputs[1] if e.op.name == "where" else out
        return ELEMENTWISE[e.op.name].text.format(*inputs, T=computed(first.dtype))

    # -- between the sweeps ---------------------------------------------------------------------------------
    def _column(self, symbol: Symbol) -> None:
        """Room for a number for each column."""
        t, name = computed(symbol.dtype), self.name(symbol)
        if self.columns is not None and self.columns <= ON_STACK:
            self.put(1, f"alignas(64) {t} {name}[C];")
        else:
            self.put(1, f"std::unique_ptr<{t}[]> {name}_(new {t}[C]);", f"{t}* const {name} = {name}_.get();")

    def _small(self, e: Equation) -> None:
        """An equation of COLUMN or SCALAR values."""
        (out,) = e.outputs
        if self.kinds[out] is Kind.SCALAR:
            self.put(1, f"const {computed(out.dtype)} {self.name(out)} = {self.expression(e)};")
        else:
            self._column(out)
            self.put(
                1,
                "#pragma omp simd",
                f"for (int64_t c = 0; c < C; ++c) {self.name(out)}[c] = {self.expression(e)};",
            )
        self._small_output(out)

    def _small_output(self, out: Symbol) -> None:
        if out not in self.schedule.outputs:
            return
        target = f"o{self.schedule.outputs.index(out)}"
        if self.kinds[out] is Kind.SCALAR:
            self.put(1, f"*{target} = {self._stored(self.name(out), out)};")
        else:
            text = self._stored(f"{self.name(out)}[c]", out)
            self.put(1, f"for (int64_t c = 0; c < C; ++c) {target}[c] = {text};")

    # -- a sweep --------------------------------------------------------------------------------------------
    def _sweep(self, sweep: Sweep, number: int) -> None:
        sums = [e for e in sweep.equations if e.op.name in REDUCTIONS and self.kinds[e.outputs[0]] in SMALL]
        for e in sums:
            (out,) = e.outputs
            t = computed(out.dtype)
            if self.kinds[out] is Kind.COLUMN:
                self.put(1, f"std::unique_ptr<{t}[]> p{self.name(out)}(new {t}[chunks * C]);")
            else:
                self.put(1, f"std::unique_ptr<double[]> p{self.name(out)}(new double[chunks]);")
        self.put(1, f"#pragma omp parallel for schedule(static) if (all >= {THREADED})")
        self.put(1, "for (int64_t chunk = 0; chunk < chunks; ++chunk) {")
        self.put(2, "const int64_t first = chunk * step, last = std::min(rows, first + step);")
        for e in sums:
            self._partial(e)
        for s in sorted(sweep.buffered, key=self.name):
            t = computed(s.dtype)
            self.put(2, f"std::unique_ptr<{t}[]> b{self.name(s)}(new {t}[C]);")
        if self.columns is None:
            self._loop(sweep, number, 0, 2)
        else:
            self.put(2, "for (int64_t r = first; r < last; ++r) {")
            for stage in range(sweep.stages):
                self._loop(sweep, number, stage, 3)
            self._row_values(sweep, number, sweep.stages)
            self.put(2, "}")
        for e in sums:
            (out,) = e.outputs
            if self.kinds[out] is Kind.COLUMN:
                name = self.name(out)
                self.put(2, f"for (int64_t c = 0; c < C; ++c) p{name}[chunk * C + c] = a{name}[c];")
            else:
                self.put(2, f"p{self.name(out)}[chunk] = a{self.name(out)};")
        self.put(1, "}")
        for e in sums:
            self._combined(e)

    def _partial(self, e: Equation) -> None:
        """The running value of a chunk for a sum over rows or over everything."""
        (out,) = e.outputs
        name, start, t = self.name(out), _START[e.op.name], computed(out.dtype)
        if self.kinds[out] is Kind.SCALAR:
            self.put(2, f"double a{name} = {start};")
            return
        if self.columns is not None and self.columns <= ON_STACK:
            self.put(2, f"alignas(64) {t} a{name}[C];")
        else:
            self.put(2, f"std::unique_ptr<{t}[]> a{name}(new {t}[C]);")
        self.put(2, f"for (int64_t c = 0; c < C; ++c) a{name}[c] = {start};")

    def _combined(self, e: Equation) -> None:
        """The chunks of a sum put together, in order."""
        (out,) = e.outputs
        name, start, t = self.name(out), _START[e.op.name], computed(out.dtype)
        share = (
            {Kind.COLUMN: " / rows", Kind.SCALAR: " / all"}[self.kinds[out]] if e.op.name == "mean" else ""
        )
        column = self.kinds[out] is Kind.COLUMN
        place = f"p{name}[chunk * C + c]" if column else f"p{name}[chunk]"
        add = _ADD[e.op.name].format("total", f"double({place})")
        fold = f"double total = {start}; for (int64_t chunk = 0; chunk < chunks; ++chunk) total = {add};"
        if column:
            self._column(out)
            self.put(1, f"for (int64_t c = 0; c < C; ++c) {{ {fold} {name}[c] = {t}(total{share}); }}")
        else:
            self.put(1, f"{t} {name};", f"{{ {fold} {name} = {t}(total{share}); }}")
        self._small_output(out)

    # -- a loop over a row ----------------------------------------------------------------------------------
    def _row_values(self, sweep: Sweep, number: int, stage: int) -> None:
        """ROW values that are known ahead of a stage: read, computed, written."""
        if stage == 0:
            for s in (*self.arrays, *sorted(sweep.loaded, key=self.name)):
                if self.kinds[s] is Kind.ROW and self._reads(sweep, s):
                    self.put(
                        3, f"const {computed(s.dtype)} {self.name(s)} = {self._fetched(s, 'r', number, 0)};"
                    )
        for e in sweep.equations:
            (out,) = e.outputs
            if self.kinds[out] is not Kind.ROW or sweep.stage[out] != stage:
                continue
            t = computed(out.dtype)
            if e.op.name in REDUCTIONS:
                share = " / C" if e.op.name == "mean" else ""
                self.put(3, f"const {t} {self.name(out)} = {t}(m{self.name(out)}{share});")
            else:
                self.put(3, f"const {t} {self.name(out)} = {self.expression(e)};")
            if out in self.schedule.outputs and self.schedule.ready[out] == number:
                at = self.schedule.outputs.index(out)
                self.put(3, f"o{at}[r] = {self._stored(self.name(out), out)};")
                self.writes[out] = (number, stage)

    def _reads(self, sweep: Sweep, symbol: Symbol) -> bool:
        return any(symbol in e.inputs for e in sweep.equations)

    def _fetched(self, s: Symbol, index: str, number: int, stage: int) -> str:
        """An element of an input, or of a result that an earlier sweep wrote."""
        self.reads[s] = max(self.reads.get(s, (0, 0)), (number, stage))
        place = f"i{self.arrays.index(s)}" if s in self.arrays else f"o{self.schedule.outputs.index(s)}"
        return self._loaded(f"{place}[{index}]", s)

    def _loop(self, sweep: Sweep, number: int, stage: int, depth: int) -> None:
        """One loop over the elements of a row (of a chunk, where the frame is flat)."""
        if self.columns is not None:
            self._row_values(sweep, number, stage)
        body, sums = self._body(sweep, number, stage)
        if not body:
            return
        clauses: dict[str, list[str]] = {}
        for e in sums:
            (out,) = e.outputs
            name, t = self.name(out), computed(out.dtype)
            if self.kinds[out] is not Kind.COLUMN:
                self.put(depth, f"{t} m{name} = {_START[e.op.name]};")
                clauses.setdefault(_CLAUSE[e.op.name], []).append(f"m{name}")
        reduction = "".join(f" reduction({op} : {', '.join(names)})" for op, names in clauses.items())
        bounds = ("0", "C") if self.columns is not None else ("first", "last")
        self.put(depth, f"#pragma omp simd{reduction}")
        self.put(depth, f"for (int64_t c = {bounds[0]}; c < {bounds[1]}; ++c) {{")
        self.put(depth + 1, *body)
        self.put(depth, "}")
        for e in sums:
            if self.kinds[e.outputs[0]] is Kind.SCALAR:
                name = self.name(e.outputs[0])
                self.put(depth, f"a{name} = {_ADD[e.op.name].format(f'a{name}', f'double(m{name})')};")

    def _body(self, sweep: Sweep, number: int, stage: int) -> tuple[list[str], list[Equation]]:
        """The lines of a loop, and the reductions that run in it."""
        ends: list[str] = []
        sums: list[Equation] = []
        needed: list[Symbol] = []
        for e in sweep.equations:
            (out,) = e.outputs
            if e.op.name in REDUCTIONS:
                if sweep.stage[e.inputs[0]] == stage:
                    sums.append(e)
                    needed.append(e.inputs[0])
                    target = (
                        f"a{self.name(out)}[c]" if self.kinds[out] is Kind.COLUMN else f"m{self.name(out)}"
                    )
                    ends.append(f"{target} = {_ADD[e.op.name].format(target, self.value(e.inputs[0]))};")
            elif self.kinds[out] is Kind.FULL and sweep.stage[out] == stage:
                written = out in self.schedule.outputs and self.schedule.ready[out] == number
                if written:
                    at = self.schedule.outputs.index(out)
                    ends.append(f"o{at}[{self._index}] = {self._stored(self.name(out), out)};")
                    self.writes[out] = (number, stage)
                if out in sweep.buffered:
                    ends.append(f"b{self.name(out)}[c] = {self.name(out)};")
                if written or out in sweep.buffered:
                    needed.append(out)
        lines: list[str] = []
        loads: list[str] = []
        done: set[Symbol] = set()
        for s in needed:
            self._compute(s, sweep, number, stage, loads, lines, done)
        return loads + lines + ends, sums

    @property
    def _index(self) -> str:
        return "c" if self.columns is None else "r * C + c"

    def _compute(
        self,
        symbol: Symbol,
        sweep: Sweep,
        number: int,
        stage: int,
        loads: list[str],
        lines: list[str],
        done: set[Symbol],
    ) -> None:
        """The lines that give a FULL value in a loop: read, taken from the buffer, or computed (again)."""
        if symbol in done or self.kinds[symbol] is not Kind.FULL:
            return
        done.add(symbol)
        t, name = computed(symbol.dtype), self.name(symbol)
        earlier = symbol in sweep.written and sweep.stage[symbol] < stage
        if symbol in self.arrays or symbol in sweep.loaded or earlier:
            loads.append(f"const {t} {name} = {self._fetched(symbol, self._index, number, stage)};")
        elif symbol in sweep.buffered and sweep.stage[symbol] < stage:
            loads.append(f"const {t} {name} = b{name}[c];")
        else:
            e = self.schedule.maker[symbol]
            for s in e.inputs:
                self._compute(s, sweep, number, stage, loads, lines, done)
            lines.append(f"const {t} {name} = {self.expression(e)};")

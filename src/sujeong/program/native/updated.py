"""Steps of optimisers as compiled functions: new values of a variable and of what the optimiser keeps for it.

The formulas are those of the engine's kernels, one pass over memory, where each element is read before it is
written: results may lie over the inputs. Running means that have become tiny are 0 (`not_tiny`). Small
variables are stages of a chain; `updates.py` has the large ones, whose gradients may have 16 bits, and whose
values may be written in 16 bits beside.
"""

from __future__ import annotations

from math import prod

from ...core import dtypes
from ..ir import Equation
from .stages import Stage, parameters

_LOOP = "  #pragma omp simd\n  for (int64_t n = 0; n < size; ++n) {"
_SGD = f"""
  const float rate = *i2, keep = 1.f - rate * float(k[0]);
{_LOOP}
    const float p = i0[n] * keep;
    o0[n] = p - wide(i1[n]) * rate;LOW
  }}
}}
"""
_MOMENTUM = f"""
  const float rate = *i3, keep = 1.f - rate * float(k[0]), momentum = float(k[1]);
  const bool nesterov = k[2] != 0;
{_LOOP}
    const float p = i0[n] * keep, step = wide(i2[n]) * rate, v = not_tiny(i1[n] * momentum - step);
    o0[n] = nesterov ? p + v * momentum - step : p + v;
    o1[n] = v;LOW
  }}
}}
"""
_ADAGRAD = f"""
  const float rate = *i3, keep = 1.f - rate * float(k[0]), epsilon = float(k[1]);
{_LOOP}
    const float g = wide(i2[n]), h = i1[n] + g * g;
    o0[n] = i0[n] * keep - rate * g / (std::sqrt(h) + epsilon);
    o1[n] = h;LOW
  }}
}}
"""
_RMSPROP = f"""
  const float rate = *i3, keep = 1.f - rate * float(k[0]), epsilon = float(k[1]);
  const float rho = float(k[2]), rest = float(1 - k[2]);
{_LOOP}
    const float g = wide(i2[n]), h = not_tiny(i1[n] * rho + rest * (g * g));
    o0[n] = i0[n] * keep - rate * g / (std::sqrt(h) + epsilon);
    o1[n] = h;LOW
  }}
}}
"""
_CORRECTED = """
  const double t = STEP, rate = RATE;
  const float keep = float(1 - rate * k[0]), one = float(1 - k[1]), two = float(k[2]), rest = float(1 - k[2]);
  const float length = float(rate / (1 - std::pow(k[1], t))), epsilon = float(k[3]);
  const float root = float(1 / std::sqrt(1 - std::pow(k[2], t)));
"""
_ADAM = f"""{_CORRECTED.replace("STEP", "*i5").replace("RATE", "*i4")}
{_LOOP}
    const float g = wide(i3[n]), p = i0[n] * keep;
    const float m = not_tiny(i1[n] + one * (g - i1[n])), v = not_tiny(i2[n] * two + rest * (g * g));
    o0[n] = p - length * m / (std::sqrt(v) * root + epsilon);
    o1[n] = m;
    o2[n] = v;LOW
  }}
}}
"""
_AMSGRAD = f"""{_CORRECTED.replace("STEP", "*i6").replace("RATE", "*i5")}
{_LOOP}
    const float g = wide(i4[n]), p = i0[n] * keep;
    const float m = not_tiny(i1[n] + one * (g - i1[n])), v = not_tiny(i2[n] * two + rest * (g * g));
    const float top = greatest(i3[n], v);
    o0[n] = p - length * m / (std::sqrt(top) * root + epsilon);
    o1[n] = m;
    o2[n] = v;
    o3[n] = top;LOW
  }}
}}
"""
UPDATES = {
    "sgd_update": (_SGD, ("weight_decay",)),
    "momentum_update": (_MOMENTUM, ("weight_decay", "momentum", "nesterov")),
    "adagrad_update": (_ADAGRAD, ("weight_decay", "epsilon")),
    "rmsprop_update": (_RMSPROP, ("weight_decay", "epsilon", "rho")),
    "amsgrad_update": (_AMSGRAD, ("weight_decay", "beta_1", "beta_2", "epsilon")),
    "adam_update": (_ADAM, ("weight_decay", "beta_1", "beta_2", "epsilon")),
}
"""Operation -> the text behind its parameters, and the attributes that are its numbers."""


def updated(e: Equation) -> Stage | None:
    """An update of a variable as a stage.

    Args:
        e: the equation.

    Returns:
        The stage; `None` for element types that are left to the engine.
    """
    text, names = UPDATES[e.op.name]
    if any(s.dtype is not dtypes.float32 for s in e.inputs):
        return None
    numbers = tuple([float(e.attributes[name]) for name in names])
    size = prod(e.inputs[0].shape)
    begin = f"static void stage({parameters(('size',), e.inputs, e.outputs)}) {{"
    over = {n: n for n in range(len(e.outputs))}
    body = text.replace("LOW", "")
    return Stage(begin + body, e.inputs, e.outputs, (size,), numbers, over=over, updates=True)


def function(name: str, inputs: int, outputs: int, *, gradient: str, low: bool) -> str:
    """An update as the text of a function `stage`, for all its arrays in one order in memory.

    Args:
        name: in UPDATES.
        inputs: how many it reads.
        outputs: how many it writes, each over the input at its place; the gradient follows these.
        gradient: "float" or "bf16".
        low: whether the new values are also written in 16 bits, to `low`.

    Returns:
        The text.
    """
    arguments = ["int64_t size", "const double* k"]
    arguments += [f"const {gradient if n == outputs else 'float'}* i{n}" for n in range(inputs)]
    arguments += [f"float* o{n}" for n in range(outputs)] + ["bf16* low"] * low
    body = UPDATES[name][0].replace("LOW", " put(low + n, o0[n]);" if low else "")
    return f"static void stage({', '.join(arguments)}) {{{body}"

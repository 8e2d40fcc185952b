"""Is this data that a model can be trained on? One check a function, each with an error that teaches.

`op` is who asks, shown in square brackets; `name` is which argument it is, such as `x`.
"""

from __future__ import annotations

import operator

import numpy as np

from ..errors import ArgumentError, DataError, message

_BLOCK = 1 << 20  # elements looked at together: large data is checked without a mask of its own size


def host_array(op: str, name: str, value: object) -> np.ndarray:
    """Any array or nested list of numbers as a NumPy array, copied only if needed.

    Args:
        op: who asks.
        name: which argument it is.
        value: a NumPy array, a tensor, or nested lists of numbers; the first axis counts the examples.

    Returns:
        The array: boolean, integer, float or complex, in the machine's byte order, with one axis or more
        and one example or more.

    Raises:
        DataError: ragged, masked, of objects or text, without axes, or empty.
    """
    if np.ma.is_masked(value):
        raise DataError(
            message(op, f"{name} is masked.", fix="fill or drop the missing values: value.filled(0.0).")
        )
    try:
        array = np.asarray(value)
    except ValueError:
        raise DataError(
            message(
                op,
                f"{name} is ragged: its rows differ in length.",
                expected="rows of equal shape",
                fix="pad or cut them to one length.",
            )
        ) from None
    if array.dtype.kind not in "biufc":
        raise DataError(
            message(
                op,
                f"{name} does not hold numbers.",
                received=f"{array.dtype} of shape {array.shape}",
                expected="a boolean, integer or float array",
                fix="encode text and categories as integers; of a table with mixed columns take the numeric "
                "ones and convert them: .to_numpy(dtype=np.float32).",
            )
        )
    if array.ndim == 0:
        raise DataError(message(op, f"{name} is a single number.", expected="an array of examples"))
    if array.size == 0:
        raise DataError(
            message(op, f"{name} is empty.", received=f"shape {array.shape}", expected="at least one example")
        )
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def require_finite(op: str, name: str, array: np.ndarray) -> None:
    """Refuses NaN and infinity, naming the first place.

    Args:
        op: who asks.
        name: which argument it is.
        array: the data; anything but float and complex passes at once.

    Raises:
        DataError: a value that is not finite; the text gives the first one's row and column.
    """
    if array.dtype.kind not in "fc":
        return
    rows_at_once = max(1, _BLOCK // max(1, array[0].size))
    for start in range(0, len(array), rows_at_once):
        finite = np.isfinite(array[start : start + rows_at_once])
        if finite.all():
            continue
        row, *rest = (int(index) for index in np.argwhere(~finite)[0])
        value = array[(start + row, *rest)]
        place = f"row {start + row}"
        if rest:
            place += f", column {rest[0]}" if len(rest) == 1 else f", position {tuple(rest)}"
        raise DataError(
            message(
                op,
                f"{name} holds a value that is not finite.",
                received=f"{value} at {place}",
                expected="finite numbers only",
                fix="drop the rows that hold such values (np.isfinite finds them), or fill them, for example "
                "with the column's mean.",
            )
        )


def require_same_length(op: str, **arrays: np.ndarray | None) -> None:
    """Refuses arrays that do not all hold the same number of examples.

    Args:
        op: who asks.
        **arrays: the arrays by name; None is passed over.

    Raises:
        DataError: lengths differ; the text gives each shape.
    """
    given = {name: array for name, array in arrays.items() if array is not None}
    if len({len(array) for array in given.values()}) > 1:
        raise DataError(
            message(
                op,
                "the arrays hold different numbers of examples.",
                received=", ".join(f"{name} of shape {array.shape}" for name, array in given.items()),
                expected="the same first size in each",
            )
        )


def whole_number(op: str, name: str, value: object, least: int) -> int:
    """A whole number that is at least `least`, as int.

    Args:
        op: who asks.
        name: which argument it is.
        value: what came; booleans and floats are refused.
        least: the smallest allowed.

    Returns:
        The number.

    Raises:
        ArgumentError: anything else.
    """
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or isinstance(value, bool | np.bool_) or number < least:
        raise ArgumentError(
            message(
                op,
                f"{name} is not allowed.",
                received=repr(value),
                expected=f"a whole number from {least} on",
            )
        )
    return number

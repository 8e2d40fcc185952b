"""Bicycles lent in Washington D.C. by weather and time: two years, of which the second is busier."""

from __future__ import annotations

import csv
import gzip
import os
import zlib
from pathlib import Path

import numpy as np

from ...errors import DataError, message, unknown_name
from .registry import DatasetInfo, Splits, register

_COLUMNS = {
    "season": "season",
    "month": "mnth",
    "hour": "hr",
    "holiday": "holiday",
    "weekday": "weekday",
    "workingday": "workingday",
    "weather": "weathersit",
    "temperature": "temp",
    "felt_temperature": "atemp",
    "humidity": "hum",
    "windspeed": "windspeed",
}
_UNITS = {"temperature": 41.0, "felt_temperature": 50.0, "humidity": 100.0, "windspeed": 67.0}
_FILES = {"hour": "hour.csv", "day": "day.csv"}

_BIKES = DatasetInfo(
    name="bike_sharing",
    title="Bicycles lent in Washington D.C., 2011 and 2012",
    kind="regression",
    features=tuple(_COLUMNS),
    input_shape=(len(_COLUMNS),),
    source="H. Fanaee-T, J. Gama (2013), Event labeling combining ensemble detectors and background "
    "knowledge, Progress in Artificial Intelligence; UCI Machine Learning Repository, doi:10.24432/C5W894",
    licence="CC BY 4.0",
    needs="hour.csv and day.csv in $SUJEONG_DATA/bike_sharing",
)


@register(_BIKES)
def bike_sharing(*, by: str = "hour", directory: str | os.PathLike[str] | None = None) -> Splits:
    """How many bicycles were lent, hour by hour or day by day, by weather and calendar.

    The order is that of time. The training part is 2011, the test part 2012, in which the same weather
    brings more riders: what holds in one year need not hold in the next.

    Features: season (1 winter to 4 autumn), month (1 to 12), hour (0 to 23; not by day), holiday (0, 1),
    weekday (0 Sunday to 6), workingday (0, 1), weather (1 clear to 4 storm), temperature and
    felt_temperature (the published shares times 41 and 50 degrees), humidity (%), windspeed (the published
    share times 67). `sj.datasets.info("bike_sharing").features` has their names.

    Nothing is downloaded: the published `hour.csv` and `day.csv` (with or without `.gz`) are looked for in
    `$SUJEONG_DATA/bike_sharing`, then in `$SUJEONG_DATA/bike-sharing`.

    Args:
        by: `"hour"` (17379 rows) or `"day"` (731 rows).
        directory: where the files lie; None: under `$SUJEONG_DATA`.

    Returns:
        `(x, y), (x_test, y_test)`: features float32 (n, 11), or (n, 10) by day; bicycles lent float32 (n, 1).

    Raises:
        NameUnknownError: `by` is neither.
        DataError: the file is absent (the text says where to put it), damaged, or holds something else.

    Example:
        >>> import sujeong as sj
        >>> sj.datasets.info("bike_sharing").features[7]
        'temperature'
    """
    if by not in _FILES:
        raise unknown_name("row of the data set", by, _FILES)
    path = _find(_FILES[by], directory)
    names = [name for name in _COLUMNS if name != "hour" or by == "hour"]
    table = _read(path, [*(_COLUMNS[name] for name in names), "yr", "cnt"])
    factors = np.array([_UNITS.get(name, 1.0) for name in names])
    x, year, lent = (table[:, :-2] * factors).astype(np.float32), table[:, -2], table[:, -1:]
    if set(year.tolist()) != {0.0, 1.0}:
        what = f"{path}: two years are expected, 0 and 1 in its column yr."
        raise DataError(message("datasets.bike_sharing", what, received=str(sorted(set(year.tolist())))))
    first = year == 0
    return (x[first], lent[first].astype(np.float32)), (x[~first], lent[~first].astype(np.float32))


def _find(file: str, directory: str | os.PathLike[str] | None) -> Path:
    root = os.environ.get("SUJEONG_DATA", "")
    folders = [Path(root, name) for name in ("bike_sharing", "bike-sharing")] if root else []
    if directory is not None:
        folders = [Path(directory)]
    for folder in folders:
        for path in (folder / f"{file}.gz", folder / file):
            if path.is_file():
                return path
    target = folders[0] if folders else Path("$SUJEONG_DATA", "bike_sharing")
    raise DataError(
        message(
            "datasets.bike_sharing",
            "its file is not there (nothing is downloaded).",
            received=f"no {file} in {' or '.join(map(str, folders))}"
            if folders
            else "SUJEONG_DATA is not set",
            expected=f"{target / file}, with or without .gz",
            fix="put the published file there."
            if folders
            else "set SUJEONG_DATA to a folder, and put the published file in its folder bike_sharing.",
        )
    )


def _read(path: Path, columns: list[str]) -> np.ndarray:
    """Columns of a table by name, as float64 (rows, columns)."""
    op = "datasets.bike_sharing"
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        fix = "fetch the file anew."
        raise DataError(message(op, f"{path} cannot be read.", received=str(error), fix=fix)) from None
    missing = [column for column in columns if not rows or column not in rows[0]]
    if missing:
        received = f"no column {', '.join(missing)}" if rows else "no rows"
        fix = "check that it is the published file."
        raise DataError(message(op, f"{path} holds something else.", received=received, fix=fix))
    table = np.empty((len(rows), len(columns)))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            try:
                table[i, j] = float(row[column])
            except (TypeError, ValueError):
                what = f"{path}, line {i + 2}: column {column} holds no number."
                raise DataError(message(op, what, received=repr(row[column]))) from None
    if not np.isfinite(table).all():
        i, j = (int(k) for k in np.argwhere(~np.isfinite(table))[0])
        what = f"{path}, line {i + 2}: column {columns[j]} is not finite."
        raise DataError(message(op, what))
    return table

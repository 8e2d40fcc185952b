"""The bike-sharing tables: read from small files of their form; what is said of files that are not so."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from sujeong.data import datasets
from sujeong.errors import DataError, NameUnknownError

WEATHER = "weathersit,temp,atemp,hum,windspeed,casual,registered,cnt"
HOUR = f"""instant,dteday,season,yr,mnth,hr,holiday,weekday,workingday,{WEATHER}
1,2011-01-01,1,0,1,0,0,6,0,1,0.24,0.2879,0.81,0,3,13,16
2,2011-01-01,1,0,1,1,0,6,0,2,0.5,0.5,0.8,0.1,8,32,40
3,2012-07-04,3,1,7,23,1,3,0,3,1,0.9,0.43,0.5,100,200,300
"""
DAY = f"""instant,dteday,season,yr,mnth,holiday,weekday,workingday,{WEATHER}
1,2011-01-01,1,0,1,0,6,0,2,0.5,0.25,0.8,0.1,331,654,985
2,2012-01-02,1,1,1,0,0,0,2,0.25,0.5,0.7,0.2,131,670,801
"""


def write(folder: Path, packed: bool = False, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in ({"hour": HOUR, "day": DAY} | files).items():
        data = content.encode()
        path = folder / f"{name}.csv{'.gz' if packed else ''}"
        path.write_bytes(gzip.compress(data) if packed else data)
    return folder


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", ["bike_sharing", "bike-sharing"])
def test_hours_are_read(tmp_path, monkeypatch, packed, name):
    write(tmp_path / name, packed)
    monkeypatch.setenv("SUJEONG_DATA", str(tmp_path))
    (x, y), (x_test, y_test) = datasets.load("bike_sharing")
    for array in (x, y, x_test, y_test):
        assert array.dtype == np.float32
    np.testing.assert_allclose(
        x,
        [
            [1, 1, 0, 0, 6, 0, 1, 9.84, 14.395, 81, 0],
            [1, 1, 1, 0, 6, 0, 2, 20.5, 25, 80, 6.7],
        ],
        rtol=1e-6,
    )
    np.testing.assert_allclose(x_test, [[3, 7, 23, 1, 3, 0, 3, 41, 45, 43, 33.5]], rtol=1e-6)
    assert y.tolist() == [[16], [40]]
    assert y_test.tolist() == [[300]]
    about = datasets.info("bike_sharing")
    assert x.shape[1:] == about.input_shape == (len(about.features),)


def test_days_have_no_hour(tmp_path):
    (x, y), (x_test, y_test) = datasets.bike_sharing(by="day", directory=write(tmp_path))
    np.testing.assert_allclose(x, [[1, 1, 0, 6, 0, 2, 20.5, 12.5, 80, 6.7]], rtol=1e-6)
    assert (x_test.shape, y.tolist(), y_test.tolist()) == ((1, 10), [[985]], [[801]])


def test_where_to_put_it_is_said(tmp_path, monkeypatch):
    monkeypatch.delenv("SUJEONG_DATA", raising=False)
    with pytest.raises(DataError) as caught:
        datasets.bike_sharing()
    assert str(caught.value) == (
        "[datasets.bike_sharing] its file is not there (nothing is downloaded).\n"
        "  received: SUJEONG_DATA is not set\n"
        "  expected: $SUJEONG_DATA/bike_sharing/hour.csv, with or without .gz\n"
        "  fix: set SUJEONG_DATA to a folder, and put the published file in its folder bike_sharing."
    )
    monkeypatch.setenv("SUJEONG_DATA", str(tmp_path))
    with pytest.raises(DataError) as caught:
        datasets.bike_sharing(by="day")
    folders = f"{tmp_path}/bike_sharing or {tmp_path}/bike-sharing"
    assert f"received: no day.csv in {folders}\n" in str(caught.value)
    assert f"expected: {tmp_path}/bike_sharing/day.csv, with or without .gz" in str(caught.value)


def test_hours_or_days(tmp_path):
    with pytest.raises(NameUnknownError, match=r"'hours'(?s:.*)did you mean 'hour'\?"):
        datasets.bike_sharing(by="hours", directory=tmp_path)


@pytest.mark.parametrize(
    "content, text",
    [
        ("", "holds something else.\n  received: no rows"),
        ("a,b\n1,2\n", "holds something else.\n  received: no column season, mnth"),
        (HOUR.replace("0.2879", "warm"), "line 2: column atemp holds no number.\n  received: 'warm'"),
        (HOUR.replace("0.43,", "nan,"), "line 4: column hum is not finite."),
        (HOUR.replace(",8,32,40", ""), "line 3: column cnt holds no number.\n  received: None"),
        (
            HOUR[: HOUR.index("3,2012")],
            "two years are expected, 0 and 1 in its column yr.\n  received: [0.0]",
        ),
    ],
)
def test_files_that_hold_something_else(tmp_path, content, text):
    with pytest.raises(DataError) as caught:
        datasets.bike_sharing(directory=write(tmp_path, hour=content))
    assert str(tmp_path / "hour.csv") in str(caught.value)
    assert text in str(caught.value)


@pytest.mark.parametrize("spoil", [lambda d: d[:40], lambda d: b"no gzip", lambda d: d[:30] + b"?" + d[31:]])
def test_damaged_files_are_named(tmp_path, spoil):
    path = write(tmp_path, packed=True) / "hour.csv.gz"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(DataError, match=f"{path} cannot be read"):
        datasets.bike_sharing(directory=tmp_path)


def real_folder() -> bool:
    root = os.environ.get("SUJEONG_DATA", "")
    return bool(root) and any(Path(root, name).is_dir() for name in ("bike_sharing", "bike-sharing"))


@pytest.mark.skipif(not real_folder(), reason="no bike_sharing in $SUJEONG_DATA")
def test_the_real_files():
    (x, y), (x_test, y_test) = datasets.bike_sharing()
    assert (len(x), len(x_test)) == (8645, 8734)
    assert (y.sum(dtype=np.float64), y_test.sum(dtype=np.float64)) == (1243103, 2049576)
    (_, days), (_, days_test) = datasets.bike_sharing(by="day")
    assert (len(days), len(days_test)) == (365, 366)
    assert (days.sum(), days_test.sum()) == (1243103, 2049576)

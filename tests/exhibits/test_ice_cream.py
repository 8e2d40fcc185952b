"""What the exhibit on demand says where something is not there, and which data it speaks of."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np
import pytest

from sujeong.errors import DataError
from sujeong.exhibits.exhibit import Run
from sujeong.exhibits.ice_cream import two_years
from sujeong.exhibits.runner import show


def test_without_scikit_learn_the_cure_is_named(monkeypatch):
    for module in [module for module in sys.modules if module.split(".")[0] == "sklearn"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(DataError, match=r"\[ice-cream\](?s:.*)fix: pip install \"sujeong\[data\]\""):
        show("ice-cream", small=True, speak=lambda sentence: None)


def write_days(folder: Path) -> None:
    """Two years of one day a month in the published form, packed."""
    head = "yr,mnth,season,holiday,weekday,workingday,weathersit,temp,atemp,hum,windspeed,cnt"
    rows = [
        f"{year},{month},1,0,1,1,1,0.5,0.5,0.5,0.1,{100 + year}" for year in (0, 1) for month in range(1, 13)
    ]
    folder.mkdir()
    (folder / "day.csv.gz").write_bytes(gzip.compress("\n".join([head, *rows]).encode()))


def test_the_second_year_is_that_of_the_bicycles_where_they_are(tmp_path, monkeypatch):
    write_days(tmp_path / "bike-sharing")
    monkeypatch.setenv("SUJEONG_DATA", str(tmp_path))
    (_, lent), (_, later), months, name = two_years(Run())
    assert name == "bikes"
    assert set(lent[:, 0]) == {100}
    assert set(later[:, 0]) == {101}
    assert months.tolist() == list(range(1, 13))
    assert two_years(Run(small=True))[3] == "made"


def test_else_it_is_made_up_and_grows(monkeypatch):
    monkeypatch.delenv("SUJEONG_DATA", raising=False)
    (x, sold), (_, later), months, name = two_years(Run(seed=3))
    assert name == "made"
    assert x.shape == (360, 3)
    assert np.bincount(months)[1:].tolist() == [30] * 12
    assert later[-60:].mean() > 1.5 * sold.mean()

"""The history and the errata: every command named exists, every slip is one."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import sujeong as sj
from sujeong.exhibits import errata, history
from sujeong.exhibits.catalogue import NAMES

FACTS = {"dqn", "gan", "dependent"}


@pytest.mark.parametrize("one", errata.ERRATA, ids=lambda e: e.name)
def test_slip_is_one(one: errata.Erratum) -> None:
    slip, figures = one.check()
    assert slip
    assert bool(figures) != (one.name in FACTS), "what can be computed is computed"
    again = one.check()[1]
    assert figures == again


def test_true_figures() -> None:
    found = {one.name: one.check()[1] for one in errata.ERRATA}
    assert found["dot"]["row"] == "150 180 210 240"
    assert found["thrice"]["thrice"] == 40.0
    assert (found["share"]["first"], found["share"]["second"]) == pytest.approx((0.32, 0.324), abs=1e-6)
    assert found["sigmoid"]["largest"] == pytest.approx(0.25, abs=1e-6)
    assert found["squared-norm"]["near"] == pytest.approx(500, rel=1e-4)


def test_errata_pages(tmp_path: Path) -> None:
    errata.write_pages(tmp_path)
    pages = {file: (tmp_path / file).read_text(encoding="utf-8") for file in errata.PAGES.values()}
    for content in pages.values():
        assert content.count("\n- ") == len(errata.ERRATA)
        assert "150 180 210 240" in content
    assert pages["errata.md"] != pages["errata.ko.md"]


def test_history_names_commands_that_exist() -> None:
    for entry in history.HISTORY:
        words = entry.command.split()
        if words[:1] == ["show"]:
            assert words[1] in NAMES, entry
        elif words:
            assert words[0] == "train", entry
            assert words[1] in sj.datasets.names()
            assert words[3] in sj.zoo.classifiers.MODELS


def test_history_is_in_order_and_says_what_is_to_come() -> None:
    rows = history.lines("en")
    years = [int(year) for year, _, _ in rows]
    assert years == sorted(years)
    assert (years[0], years[1]) == (1943, 1957)
    for year in (1986, 2006, 2009, 2012):
        assert year in years
    waiting = {e.name for e in history.HISTORY if e.model and not e.command}
    assert sum(command == "(to come)" for _, _, command in rows) == len(waiting)


def test_history_texts_are_all_used() -> None:
    texts = import_module("sujeong.messages.exhibits.history").TEXTS
    around = {"year", "what", "command", "to-come"}
    assert texts.keys() - around == {e.name for e in history.HISTORY}
    assert len({e.name for e in history.HISTORY}) == len(history.HISTORY)


def test_errata_texts_are_all_used() -> None:
    texts = import_module("sujeong.messages.exhibits.errata").TEXTS
    wanted = {f"{e.name}.{part}" for e in errata.ERRATA for part in ("says", "found")}
    assert texts.keys() - {"title", "lead"} == wanted
    for english, korean in texts.values():
        assert set(re.findall(r"\{(\w+)", english)) == set(re.findall(r"\{(\w+)", korean))

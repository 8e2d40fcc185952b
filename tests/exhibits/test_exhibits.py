"""Every exhibit in its small form, on both engines: figures point the right way, pictures are drawn."""

from __future__ import annotations

import importlib
import re
import string
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import sujeong as sj
from sujeong.errors import NameUnknownError
from sujeong.exhibits import catalogue, gallery, ledger
from sujeong.exhibits.catalogue import CHAPTERS, NAMES, exhibit
from sujeong.exhibits.exhibit import Run
from sujeong.exhibits.runner import measure, show
from sujeong.messages import LANGUAGES

from .expectations import EXPECTATIONS

FOLDER = Path(catalogue.__file__).parent
AROUND = ("gallery", "claims", "errata", "history")


@pytest.mark.parametrize("name", NAMES)
def test_figures_point_the_right_way(name: str, tmp_path: Path) -> None:
    shown = show(name, small=True, out=tmp_path, languages=tuple(LANGUAGES), speak=lambda sentence: None)
    assert EXPECTATIONS[name], "an exhibit without expectations cannot fail"
    for says, holds in EXPECTATIONS[name].items():
        assert holds(shown.found), (says, plain(shown.found))
    for stage in shown.stages.values():
        assert stage.sentences, "it says what came out"
        assert stage.picture_path is not None, "it draws"
        with Image.open(stage.picture_path) as picture:
            values = np.asarray(picture.convert("L"), float)
        assert min(values.shape) > 200, "large enough to read"
        assert values.std() > 5, "not an empty sheet"


@pytest.mark.parametrize("name", NAMES)
def test_other_engine_and_repeated(name: str) -> None:
    other = "numpy" if sj.get_engine() == "torch" else "torch"
    one = exhibit(name)
    with sj.using(engine=other):
        first = measure(one, Run(small=True))
        for says, holds in EXPECTATIONS[name].items():
            assert holds(first), (says, plain(first))
        again = measure(one, Run(small=True))
    for key, value in first.items():
        if "seconds" not in key and "time" not in key:
            np.testing.assert_array_equal(np.asarray(value), np.asarray(again[key]), key)


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """The single figures, for a message."""
    return {k: v for k, v in found.items() if np.ndim(v) == 0}


def fields(template: str) -> set[tuple[str, str]]:
    """Names that a text fills in, with their forms."""
    return {(n, form or "") for _, n, form, _ in string.Formatter().parse(template) if n}


@pytest.mark.parametrize("name", [*NAMES, *AROUND])
def test_texts_say_the_same_with_the_same_figures(name: str) -> None:
    texts = importlib.import_module(f"sujeong.messages.exhibits.{name.replace('-', '_')}").TEXTS
    for key, (english, korean) in texts.items():
        assert fields(english) == fields(korean), key
        assert re.search("[가-힣]", korean) or not re.search("[a-z]{4}", re.sub(r"\{.*?\}", "", english)), key
        assert not re.search("[가-힣]", english) or key == "name", key
    if name in AROUND:
        return
    assert "title" in texts
    code = (FOLDER / f"{name.replace('-', '_')}.py").read_text(encoding="utf-8")
    formed = re.findall(r"f\"([a-z_.]*)\{", code)
    for key in texts:
        used = f'"{key}"' in code or key == "title" or any(p and key.startswith(p) for p in formed)
        assert used or key.startswith("claim."), f"{key} is never said"


@pytest.mark.parametrize("name", [*NAMES, *AROUND])
def test_no_particle_that_depends_on_a_figure(name: str) -> None:
    """3은 but 2는: behind a figure that is filled in, either could be right."""
    texts = importlib.import_module(f"sujeong.messages.exhibits.{name.replace('-', '_')}").TEXTS
    particle = re.compile(r"\{\w+:[^}]*[^%}]\}(은|는|이|가|을|를|과|와|로|으로)(?![가-힣])")
    for key, (_, korean) in texts.items():
        assert not particle.search(korean), (key, korean)


def test_claims_have_texts() -> None:
    for name in NAMES:
        texts = importlib.import_module(f"sujeong.messages.exhibits.{name.replace('-', '_')}").TEXTS
        claims = {f"claim.{c.name}.{part}" for c in exhibit(name).claims for part in ("says", "found")}
        assert claims == {key for key in texts if key.startswith("claim.")}, name


def test_one_chapter_each_and_the_file_says_it() -> None:
    assert len(NAMES) == len(set(NAMES))
    for chapter, names in CHAPTERS.items():
        for name in names:
            assert (exhibit(name).name, exhibit(name).chapter) == (name, chapter)


def test_nothing_rebuilt() -> None:
    """Exhibits use the public face and what all share; not each other, not the library's inside."""
    for name in NAMES:
        code = (FOLDER / f"{name.replace('-', '_')}.py").read_text(encoding="utf-8")
        code = code.replace("from ..inspect import canvas\n", "from ..inspect.canvas import figure\n")
        inside = set(re.findall(r"^from (\.\S+) import", code, re.MULTILINE))
        assert inside <= {".exhibit", "..inspect.canvas"}, name
        assert len(code.splitlines()) <= 250, name


def test_unknown_name() -> None:
    with pytest.raises(NameUnknownError, match="did you mean 'xor'"):
        exhibit("xro")


def test_gallery_goes_on_where_it_stopped(tmp_path: Path) -> None:
    lines: list[str] = []
    first = gallery.build(tmp_path, small=True, names=("xor",), report=lines.append)
    assert (first.shown, first.kept, first.failed) == (["xor"], [], {})
    again = gallery.build(tmp_path, small=True, resume=True, names=("xor",), report=lines.append)
    assert (again.shown, again.kept) == ([], ["xor"])
    other = gallery.build(tmp_path, small=True, seed=1, resume=True, names=("xor",), report=lines.append)
    assert other.shown == ["xor"], "another seed is another gallery"
    for language, page in gallery.PAGES.items():
        content = (tmp_path / page).read_text(encoding="utf-8")
        assert f"xor.{language}.png" in content
        assert (tmp_path / f"xor.{language}.png").exists()
        link = re.search(r"\]\((\S+xor\.py)\)", content)
        assert link is not None
        assert (tmp_path / link[1]).resolve() == FOLDER / "xor.py"


def test_ledger_keeps_what_was_found(tmp_path: Path) -> None:
    lines: list[str] = []
    verdicts = ledger.examine(seeds=2, small=True, names=("xor",), folder=tmp_path, report=lines.append)
    assert [v.outcome for v in verdicts] == ["holds"]
    assert len(lines) == 2
    again = ledger.examine(seeds=2, small=True, names=("xor",), folder=tmp_path, report=lines.append)
    assert len(lines) == 2, "nothing is run twice"
    assert again == verdicts
    ledger.write_pages(verdicts, tmp_path)
    for language, file in ledger.PAGES.items():
        content = (tmp_path / file).read_text(encoding="utf-8")
        assert verdicts[0].says(language) in content
        assert "(2/2)" in content


def test_verdict_counts_seeds() -> None:
    one = exhibit("xor")
    claim = one.claims[0]
    rows = [{"holds": h, "figures": {"line_right": 2.0, "mlp_right": 4.0}} for h in (True, False)]
    assert ledger._verdict(one, claim, rows).outcome == "partly"
    assert ledger._verdict(one, claim, rows[1:]).outcome == "fails"


def test_what_was_kept_counts_only_for_the_same_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    for _ in range(2):
        ledger.examine(seeds=1, small=True, names=("xor",), folder=tmp_path, report=lines.append)
    assert len(lines) == 1
    gallery.build(tmp_path, small=True, names=("xor",), report=lines.append)
    for module in (ledger, gallery):
        monkeypatch.setattr(module, "fingerprint", lambda one: "other code")
    ledger.examine(seeds=1, small=True, names=("xor",), folder=tmp_path, report=lines.append)
    again = gallery.build(tmp_path, small=True, resume=True, names=("xor",), report=lines.append)
    assert len(lines) == 4, "the ledger's run, the gallery's, and both again"
    assert again.shown == ["xor"]

"""Both languages say the same things."""

from __future__ import annotations

import re
import string
from importlib import import_module
from pathlib import Path

import pytest

import sujeong as sj
from sujeong.errors import NameUnknownError
from sujeong.messages import LANGUAGES, text

SOURCE = Path(sj.__file__).parent


def fields(template: str) -> set[str]:
    """Names that a text fills in."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_same_keys_and_fields() -> None:
    english, korean = LANGUAGES["en"], LANGUAGES["ko"]
    assert english.keys() == korean.keys()
    for key, template in english.items():
        assert fields(template) == fields(korean[key]), key


def test_korean_is_korean() -> None:
    for key, template in LANGUAGES["ko"].items():
        assert re.search("[가-힣]", template), key


def test_every_text_is_used_and_every_use_has_a_text() -> None:
    code = "\n".join(p.read_text() for p in SOURCE.rglob("*.py") if p.parent.name != "messages")
    used = set(re.findall(r"(?<!\.)(?:text|label)\(\s*['\"]([a-z_]+\.[a-z_.]+)['\"]", code))
    families = set(re.findall(r"(?<!\.)(?:text|label)\(f\"([a-z_.]+)\{", code))
    known = set(LANGUAGES["en"])
    shown = {
        key for key in used if key.startswith("show.")
    }  # those of one exhibit are held by tests/exhibits
    for key in shown:
        _, place, rest = key.split(".", 2)
        assert rest in import_module(f"sujeong.messages.exhibits.{place}").TEXTS, key
    used -= shown
    assert used <= known
    unused = {k for k in known - used if not any(k.startswith(f) for f in families)}
    unused -= {k for k in unused if f'"{k}"' in code}
    assert not unused


def test_unknown_text() -> None:
    with pytest.raises(NameUnknownError, match=r"did you mean 'plot\.epoch'"):
        text("plot.epch")

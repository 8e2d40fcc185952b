"""What people read, in English and Korean: one catalogue, no text twice.

A text has a key, such as `plot.epoch`, and one form a language in `english.py` and `korean.py`. Texts of
exhibits have keys such as `show.xor.title`; `exhibits/xor.py` holds both forms, and is loaded when it is
first needed. A test holds both languages to the same keys and the same fields.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import Any

from ..errors import unknown_name
from .english import TEXTS as ENGLISH
from .korean import TEXTS as KOREAN

LANGUAGES = {"en": ENGLISH, "ko": KOREAN}
_chosen: dict[str, str | None] = {"language": None}


def set_language(language: str | None) -> None:
    """Chooses the language of texts.

    Args:
        language: `"en"`, `"ko"`, or `None` to follow the environment.

    Raises:
        NameUnknownError: there are no texts in this language.

    Example:
        >>> import sujeong as sj
        >>> sj.set_language("ko"); sj.get_language()
        'ko'
        >>> sj.set_language(None)
    """
    if language is not None and language not in LANGUAGES:
        raise unknown_name("language", language, LANGUAGES)
    _chosen["language"] = language


def get_language() -> str:
    """The language of texts: the chosen one, else that of SUJEONG_LANG, else of the system, else English.

    Returns:
        `"en"` or `"ko"`.

    Example:
        >>> import sujeong as sj
        >>> sj.get_language() in ("en", "ko")
        True
    """
    if _chosen["language"]:
        return _chosen["language"]
    for name in ("SUJEONG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "ko" if value.lower().startswith("ko") else "en"
    return "en"


def text(key: str, language: str | None = None, **fields: Any) -> str:
    """A text in the chosen language, filled in.

    Args:
        key: its key.
        language: default the chosen one.
        **fields: what to fill in.

    Returns:
        The text.

    Raises:
        NameUnknownError: there is no such text.
    """
    language = language or get_language()
    catalogue = LANGUAGES[language]
    if key.startswith("show."):
        catalogue = _of_exhibit(key.split(".")[1], language)
    if key not in catalogue:
        raise unknown_name("text", key, catalogue)
    return catalogue[key].format(**fields)


@cache
def _of_exhibit(name: str, language: str) -> dict[str, str]:
    """The texts of one exhibit in one language."""
    found = import_module(f".exhibits.{name.replace('-', '_')}", __package__).TEXTS
    place = list(LANGUAGES).index(language)
    return {f"show.{name}.{key}": forms[place] for key, forms in found.items()}

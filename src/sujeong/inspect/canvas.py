"""How all pictures look: colours that the colour-blind tell apart, a font that has Hangul, no clutter."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..errors import EngineError, message
from ..messages import get_language, text

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
HANGUL_FONTS = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "NanumGothic",
    "NanumBarunGothic",
    "Malgun Gothic",
    "AppleGothic",
)


def pyplot() -> Any:
    """The figure module of matplotlib, loaded when the first picture is drawn.

    Returns:
        `matplotlib.figure`.

    Raises:
        EngineError: matplotlib is not installed.
    """
    try:
        import matplotlib.figure
    except ModuleNotFoundError:
        fix = 'pip install "sujeong[plot]"'
        raise EngineError(
            message("plot", "pictures need matplotlib, which is not installed.", fix=fix)
        ) from None
    return matplotlib.figure


def picture_language() -> str:
    """The language of pictures: the chosen one, but English where no font with Hangul is found."""
    language = get_language()
    return language if language != "ko" or hangul_font() else "en"


def hangul_font() -> str | None:
    """The name of an installed font with Hangul, if there is one."""
    from matplotlib import font_manager

    known = {f.name for f in font_manager.fontManager.ttflist}
    return next((name for name in HANGUL_FONTS if name in known), None)


def label(key: str, **fields: Any) -> str:
    """A text of the catalogue in the language of pictures."""
    return text(key, picture_language(), **fields)


def figure(
    width: float = 7.0, height: float = 4.0, rows: int = 1, columns: int = 1, **options: Any
) -> tuple[Any, Any]:
    """An empty figure and its axes.

    Args:
        width: in inches.
        height: in inches.
        rows: of axes.
        columns: of axes.
        **options: for `subplots`.

    Returns:
        `(figure, axes)`; the axes in an array unless there is one.
    """
    made = pyplot().Figure(figsize=(width, height), layout="constrained", dpi=150)
    axes = made.subplots(rows, columns, **options)
    return made, axes


def clean(axes: Any) -> None:
    """Takes away what says nothing: the upper and right edges."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(True, alpha=0.25, linewidth=0.6)


def save(made: Any, path: str | os.PathLike[str] | None) -> Any:
    """Writes a picture aside and renames it, so that no half picture is left.

    Args:
        made: the figure.
        path: where; `None` writes nothing.

    Returns:
        The figure.
    """
    if path is None:
        return made
    import matplotlib as mpl

    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.part")
    font = hangul_font()
    settings = {"font.family": [font, "DejaVu Sans"]} if font else {}
    try:
        with mpl.rc_context(settings):
            made.savefig(aside, format=target.suffix.lstrip(".") or "png")
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    return made

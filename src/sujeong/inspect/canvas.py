"""How all pictures look: colours that the colour-blind tell apart, a font that has Hangul, no clutter."""

from __future__ import annotations

import importlib.util
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..checkpoints import write_aside
from ..errors import EngineError, message
from ..messages import get_language, text

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
SHIPPED = ("NanumGothic.ttf", "NanumGothicBold.ttf")
HANGUL_FONTS = (
    "NanumGothic",
    "Noto Sans CJK KR",
    "Noto Sans KR",
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


@lru_cache(maxsize=1)
def hangul_font() -> str | None:
    """The name of a font with Hangul: that which comes with the plot extra, else one of the system."""
    from matplotlib import font_manager

    package = importlib.util.find_spec("koreanize_matplotlib")  # only its font files are used
    if package is not None and package.origin is not None:
        for file in map((Path(package.origin).parent / "fonts").joinpath, SHIPPED):
            font_manager.fontManager.addfont(str(file))
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
    target = Path(path)
    buffer = io.BytesIO()
    with fonts(made):
        made.savefig(buffer, format=target.suffix.lstrip(".") or "png")
    write_aside(target, buffer.getvalue())
    return made


def animate(
    made: Any, frames: int, draw: Callable[[int], None], path: str | os.PathLike[str], *, pause: float
) -> None:
    """Writes a GIF, aside first.

    Args:
        made: the figure.
        frames: how many.
        draw: draws frame i.
        path: where.
        pause: seconds a frame; the last one stays for two seconds.
    """
    from PIL import Image

    pictures = []
    for i in range(frames):
        draw(i)
        buffer = io.BytesIO()
        with fonts(made):
            made.savefig(buffer, format="png", dpi=90)
        with Image.open(buffer) as image:
            pictures.append(image.convert("RGB").quantize(128))  # with fewer, small marks lose their colour
    times = [round(1000 * pause)] * (frames - 1) + [2000]
    moving = io.BytesIO()
    first, *rest = pictures
    first.save(moving, format="gif", save_all=True, append_images=rest, duration=times, loop=0)
    write_aside(Path(path), moving.getvalue())


@contextmanager
def fonts(made: Any) -> Iterator[None]:
    """Gives a picture's letters a font with Hangul, in front or as a stand-in, while it is drawn."""
    import matplotlib as mpl
    from matplotlib.text import Text

    font = hangul_font()
    families = ["DejaVu Sans"] if font is None else ["DejaVu Sans", font]
    if picture_language() == "ko":
        families.reverse()
    _plain_powers(made)
    for letters in made.findobj(Text):  # made before, with whatever was the default then
        letters.set_fontfamily(families)
    with mpl.rc_context({"font.family": families}):
        yield


def _plain_powers(made: Any) -> None:
    """Marks logarithmic axes with 0.01 and 100: fonts with Hangul lack the minus sign of 10^-2."""
    from matplotlib.ticker import LogFormatterMathtext, NullFormatter, StrMethodFormatter

    for axes in made.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_formatter(), LogFormatterMathtext):
                axis.set_major_formatter(StrMethodFormatter("{x:g}"))
                axis.set_minor_formatter(NullFormatter())

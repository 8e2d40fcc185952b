"""What all pictures share."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

import sujeong as sj
from sujeong.inspect import canvas


@pytest.mark.parametrize("language", ["en", "ko"])
def test_small_numbers_on_logarithmic_axes_can_be_read(
    language: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A font with Hangul need not have the minus sign that 10^-3 would take."""
    made, axes = canvas.figure()
    axes.loglog([1e-3, 10.0], [1e-2, 1.0])
    before = sj.get_language()
    sj.set_language(language)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            canvas.save(made, tmp_path / "a.png")
    finally:
        sj.set_language(before)
    assert "glyph" not in caplog.text
    marks = [mark.get_text() for mark in axes.get_xticklabels()]
    assert {"0.001", "1"} <= set(marks), marks

"""The documents tell the truth: every Python block runs, and prints what the page says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import run_pages

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("design/*.md")])
WITH_CODE = [page for page in PAGES if "```python" in page.read_text(encoding="utf-8")]
VARIES = "prints (seconds and last digits vary)"
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def names(pages: list[Path]) -> list[str]:
    """Pages as names of tests."""
    return [str(page.relative_to(ROOT)) for page in pages]


def run(page: Path) -> tuple[int, str]:
    """Runs a page as its readers would, in a process of its own; warnings are errors."""
    command = [sys.executable, "-W", "error", str(ROOT / "tools" / "run_pages.py"), str(page)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    return done.returncode, done.stdout + done.stderr


def written(folder: Path, *parts: str) -> Path:
    """A page of blocks: code, the paragraph below it, what it prints."""
    page = folder / "page.md"
    fences = ["```python\n{}\n```", "{}", "```\n{}\n```"]
    page.write_text("\n\n".join(f.format(p) for f, p in zip(fences, parts, strict=False)) + "\n")
    return page


@pytest.mark.parametrize("page", WITH_CODE, ids=names(WITH_CODE))
def test_page_prints_what_it_says(page: Path) -> None:
    status, report = run(page)
    assert status == 0, report


def test_the_readmes_have_code() -> None:
    assert {"README.md", "README.ko.md", "docs/first-steps.md", "docs/first-steps.ko.md"} <= set(
        names(WITH_CODE)
    )


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize(
    ("parts", "status", "text"),
    [
        (("print(6 * 7)", "prints", "42"), 0, ""),
        (("print(6 * 7)", "출력", "42"), 0, ""),
        (("print(6 * 7)", "prints", "43"), 1, "-43\n+42"),
        (("print(6 * 7)",), 1, "+42"),
        (("x = 6", "prints", "42"), 1, "-42"),
        (("raise ValueError('no')",), 1, "the block at line 2 failed"),
        (("import warnings; warnings.warn('old')",), 1, "UserWarning: old"),
        (("print('1.5 s  loss 0.1234')", VARIES, "0.9 s  loss 0.1250"), 0, ""),
        (("print('1.5 s  loss 0.1234')", "prints", "0.9 s  loss 0.1234"), 1, "+1.5 s"),
        (("print('1.5 s  loss 0.1234')", VARIES, "1.5 s  loss 0.1634"), 1, "0.1634"),
        (("print('loss 0.1234 of 7')", VARIES, "loss 0.1234 of 8"), 1, "of 8"),
    ],
)  # fmt: skip
def test_a_page_that_is_wrong_is_found(
    tmp_path: Path, parts: tuple[str, ...], status: int, text: str
) -> None:
    found, report = run(written(tmp_path, *parts))
    assert found == status, report
    assert text in report


def test_a_page_is_written_anew(tmp_path: Path) -> None:
    page = written(tmp_path, "print(6 * 7)", "prints", "43")
    assert run_pages.run(page, write=True)
    assert run(page) == (0, "")
    assert page.read_text() == "```python\nprint(6 * 7)\n```\n\nprints\n\n```\n42\n```\n"


def test_a_torn_page_is_refused() -> None:
    with pytest.raises(ValueError, match="line 1: the block has no end"):
        run_pages.blocks("```python\nx = 1\n")
    with pytest.raises(ValueError, match="'prints' has no block below it"):
        run_pages.blocks("```python\nx = 1\n```\nprints\n")

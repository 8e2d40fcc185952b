"""Runs the Python blocks of the documents and compares what they print with what the pages say.

    python tools/run_pages.py README.md docs/first-steps.md      compares; status 1 where they differ
    python tools/run_pages.py --write README.md                  puts what was printed into the page

The blocks of a page share their names, and each page runs in a process and an empty folder of its own.
What a block prints stands in the block below it, after a paragraph `prints` (in Korean pages `출력`), and is
compared to the letter. Figures of training depend on the processor: where the paragraph goes on, as in
`prints (seconds and last digits vary)`, seconds are not compared and decimal fractions may differ by 0.02.
A block without such a paragraph must print nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import io
import os
import re
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SAYS = re.compile(r"(?:prints|출력)(?P<varies> \(.+\))?")
SECONDS = re.compile(r" *\d+\.\d+ (s|초)\b")
FRACTION = re.compile(r"-?\d+\.\d+")
ALLOWED = 0.02  # accuracies on 360 samples move by 0.003 a sample


@dataclass
class Block:
    """A block of code, and what the page says that it prints.

    Attributes:
        code: the text of the block.
        line: the number of its first line in the page.
        prints: what it shall print; empty for nothing.
        varies: whether figures may differ.
        place: first and last line (excluded) of what it prints, counted from 0; `None` if nothing is said.
    """

    code: str
    line: int
    prints: str = ""
    varies: bool = False
    place: tuple[int, int] | None = None


def blocks(page: str) -> list[Block]:
    """Finds the Python blocks of a page.

    Args:
        page: Markdown.

    Returns:
        The blocks, in order.

    Raises:
        ValueError: a block without an end, or a paragraph `prints` without a block below it.
    """
    lines, found, at = page.split("\n"), [], 0
    while at < len(lines):
        if not lines[at].startswith("```"):
            at += 1
            continue
        python, (start, end) = lines[at] == "```python", _fence(lines, at)
        at = end + 1
        if not python:
            continue
        block = Block("\n".join(lines[start:end]) + "\n", start + 1)
        found.append(block)
        after = _next(lines, at)
        says = SAYS.fullmatch(lines[after]) if after < len(lines) else None
        if says is None:
            continue
        after = _next(lines, after + 1)
        if after == len(lines) or lines[after] != "```":
            raise ValueError(f"line {after}: {says[0]!r} has no block below it")
        start, end = _fence(lines, after)
        block.prints = "\n".join(lines[start:end]) + "\n"
        block.varies, block.place, at = says["varies"] is not None, (start, end), end + 1
    return found


def _fence(lines: list[str], at: int) -> tuple[int, int]:
    for end in range(at + 1, len(lines)):
        if lines[end] == "```":
            return at + 1, end
    raise ValueError(f"line {at + 1}: the block has no end")


def _next(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def agree(block: Block, printed: str) -> bool:
    """Whether a block printed what the page says.

    Args:
        block: the block.
        printed: what it printed.

    Returns:
        The verdict.
    """
    if not block.varies:
        return printed == block.prints
    said, came = SECONDS.sub("", block.prints), SECONDS.sub("", printed)
    if FRACTION.sub("#", said) != FRACTION.sub("#", came):
        return False
    pairs = zip(FRACTION.findall(said), FRACTION.findall(came), strict=True)
    return all(abs(float(a) - float(b)) <= ALLOWED for a, b in pairs)


def run(path: Path, write: bool = False) -> bool:
    """Runs a page in this process, in an empty folder.

    Args:
        path: the page.
        write: put what was printed into the page.

    Returns:
        Whether all blocks printed what the page says, or the page was written.
    """
    page = path.read_text(encoding="utf-8")
    lines, names, fine = page.split("\n"), {"__name__": "page"}, True
    done: list[tuple[Block, str]] = []
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for block in blocks(page):
            out = io.StringIO()
            try:
                with contextlib.redirect_stdout(out):
                    _execute(block, path.name, names)
            except Exception:  # noqa: BLE001 - a page may fail in any way; the report says where
                print(f"{path.name}: the block at line {block.line} failed\n{traceback.format_exc()}")
                return False
            done.append((block, out.getvalue()))
            if not write and not agree(*done[-1]):
                fine = False
                print(f"{path.name}: the block at line {block.line} prints something else")
                print("\n".join(_difference(block.prints, out.getvalue())))
    if not write:
        return fine
    for block, printed in reversed(done):
        if block.place is not None:
            lines[slice(*block.place)] = printed.rstrip("\n").split("\n")
        elif printed:
            print(f"{path.name}: the block at line {block.line} prints, but no paragraph says so")
            return False
    path.write_text("\n".join(lines), encoding="utf-8")
    return True


def _execute(block: Block, name: str, names: dict[str, Any]) -> None:
    code = compile("\n" * (block.line - 1) + block.code, name, "exec")  # its lines are the page's lines
    exec(code, names)  # noqa: S102 - our own pages


def _difference(said: str, printed: str) -> list[str]:
    pair = said.splitlines(), printed.splitlines()
    return list(difflib.unified_diff(*pair, "the page", "the run", lineterm="", n=1))


def main() -> int:
    """Runs each page in a process of its own; a single page in this one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if len(options.pages) == 1:
        sys.path[:0] = [str(ROOT), str(ROOT / "src")]
        return 0 if run(options.pages[0].resolve(), options.write) else 1
    command = [sys.executable, *sys.orig_argv[1 : sys.orig_argv.index(sys.argv[0])], __file__]
    command += ["--write"] if options.write else []
    found = [
        subprocess.run([*command, page], check=False, env=os.environ).returncode for page in options.pages
    ]
    return max(found)


if __name__ == "__main__":
    sys.exit(main())

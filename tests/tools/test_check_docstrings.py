"""tools/check_docstrings.py: whatever a user can reach and is not described is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import check_docstrings

ROOT = Path(__file__).parents[2]
FULL = '''"""Adds one.

    Args:
        x: a number.

    Returns:
        The next number.

    Example:
        >>> add_one(1)
        2
    """'''


def run(root: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command in its own process: it imports the package of the tree."""
    command = [sys.executable, str(ROOT / "tools" / "check_docstrings.py"), str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def write(root: Path, name: str, text: str) -> None:
    path = root / "src" / "sujeong" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x = 1\n", ":1: module a.py has no docstring"),
        ('"""A."""\ndef f(): ...\n', ":2: f has no docstring"),
        ('"""A."""\nclass C: ...\n', ":2: C has no docstring"),
        ('"""A."""\nclass C:\n    """C."""\n    def m(self): ...\n', ":4: C.m has no docstring"),
        ('"""A."""\nif True:\n    async def f(): ...\n', ":3: f has no docstring"),
    ],
)
def test_a_definition_without_docstring_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    write(tmp_path, "ops/a.py", text)
    assert check_docstrings.check_files(tmp_path) == [f"src/sujeong/ops/a.py{fault}"]


@pytest.mark.parametrize(
    "text",
    [
        "def _f(): ...\n",
        "class _C:\n    def m(self): ...\n",
        'class C:\n    """C."""\n    def __add__(self, other): ...\n',
        'class C:\n    """C."""\n    @x.setter\n    def x(self, value): ...\n',
        'def f():\n    """F."""\n    def inner(): ...\n',
        "@typing.overload\ndef f(x: int) -> int: ...\n",
    ],
)
def test_what_is_not_public_needs_none(tmp_path: Path, text: str) -> None:
    write(tmp_path, "ops/a.py", '"""A."""\n' + text)
    write(tmp_path, "ops/_hidden.py", "def f(): ...\n")
    assert check_docstrings.check_files(tmp_path) == []


@pytest.mark.parametrize(
    ("cut", "missing"),
    [
        ("Args:", "Args:"),
        ("Returns:", "Returns:"),
        (">>>", "example (>>>)"),
    ],
)
def test_an_exported_function_describes_itself(tmp_path: Path, cut: str, missing: str) -> None:
    source = f"def add_one(x: float) -> float:\n    {FULL}\n    return x + 1\n"
    write(tmp_path, "__init__.py", '"""S."""\nfrom .a import add_one\nfrom . import losses\n')
    write(tmp_path, "a.py", '"""A."""\n' + source)
    write(tmp_path, "losses.py", '"""L."""\n')
    assert run(tmp_path).stdout == "docstrings: all there\n"
    write(tmp_path, "losses.py", '"""L."""\n' + source.replace(cut, "..."))
    result = run(tmp_path)
    assert result.returncode == 1
    assert result.stdout == f"sujeong.losses.add_one: the docstring lacks {missing}\n"


def test_an_exported_class_describes_its_arguments(tmp_path: Path) -> None:
    docstring = '"""Affine.\n\n    {}>>> 1\n    1\n    """'
    source = f'"""N."""\nclass Dense:\n    {docstring}\n    def __init__(self, units): ...\n'
    write(tmp_path, "__init__.py", '"""S."""\n')
    write(tmp_path, "nn/__init__.py", source.format("Args:\n        units: n.\n\n    "))
    assert run(tmp_path).returncode == 0
    write(tmp_path, "nn/__init__.py", source.format(""))
    assert run(tmp_path).stdout == "sujeong.nn.Dense: the docstring lacks Args:\n"


def test_an_error_class_needs_one_sentence_only(tmp_path: Path) -> None:
    write(tmp_path, "__init__.py", '"""S."""\nclass Bad(Exception):\n    """Bad."""\n')
    assert run(tmp_path).returncode == 0

"""Checks that tracked files hold no words that belong elsewhere.

    python tools/check_words.py [ROOT]

Refused everywhere: absolute paths of somebody's machine, and pointers to notes that are not in the
repository. Refused in src/: marks of unfinished work. Outside a git repository every file is read.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def _joined(*parts: str) -> str:
    """Joins the parts of a pattern, which stand apart so that this file does not hold the word itself."""
    return "".join(parts)


ANYWHERE = {
    _joined(r"(?<![\w.~*])/", r"(?:work|root|home|Users|opt|tmp|mnt)/", r"[\w.]"): "a path of one machine",
    _joined(r"(?<![\w/])(?:\.\./)?", r"shared/", r"(?:notes|data|design|style|peers|hooks|performance)"): (
        "a file outside the repository"
    ),
    _joined(r"file://", r"/"): "a path of one machine",
    _joined(r"\b[Ii]ssue", r" [2-9]\b"): "a pointer to notes outside the repository",
}
IN_SOURCE = {
    _joined(r"\b(?:TO", r"DO|FIX", r"ME|XX", r"X|HA", r"CK)\b"): "a mark of unfinished work",
}


def tracked(root: Path) -> list[Path]:
    """The files to read: those that git tracks or would track, else every file.

    Args:
        root: the folder of the repository.

    Returns:
        Paths below the root, in order.
    """
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, capture_output=True, text=True, check=False)
    if listing.returncode:
        return sorted(path for path in root.rglob("*") if path.is_file())
    paths = (root / name for name in listing.stdout.split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def check(root: Path) -> list[str]:
    """Checks one tree.

    Args:
        root: the folder of the repository.

    Returns:
        One line "file:line: the word: what it is" for each fault.
    """
    faults = []
    for path in tracked(root):
        where = path.relative_to(root)
        patterns = ANYWHERE | IN_SOURCE if where.parts[0] == "src" else ANYWHERE
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or an archive
        for number, line in enumerate(text.splitlines(), 1):
            for pattern, what in patterns.items():
                found = re.search(pattern, line)
                if found:
                    faults.append(f"{where}:{number}: {found[0]!r}: {what}")
    return faults


def main(arguments: list[str]) -> int:
    """Runs the check and prints what it found.

    Args:
        arguments: the root folder; default the current one.

    Returns:
        The exit status: 1 where there is a fault.
    """
    faults = check(Path(arguments[0] if arguments else "."))
    print("\n".join(faults) if faults else "words: none that belong elsewhere")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Checks that no file grows beyond what a reader takes in at one sitting.

    python tools/check_caps.py [ROOT]

A file that reaches its cap holds two ideas: divide it by idea, not by line count.
"""

from __future__ import annotations

import sys
from pathlib import Path

# Folder -> the most lines that a Python file below it may have.
CAPS = {"src": 350, "tests": 600}


def check(root: Path) -> list[str]:
    """Checks one tree.

    Args:
        root: the folder that holds the folders of CAPS.

    Returns:
        One line for each file over its cap, the longest first.
    """
    over = []
    for folder, cap in CAPS.items():
        for path in (root / folder).rglob("*.py"):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > cap:
                over.append(
                    (lines, f"{path.relative_to(root)}: {lines} lines, the cap in {folder}/ is {cap}")
                )
    return [text for _, text in sorted(over, reverse=True)]


def main(arguments: list[str]) -> int:
    """Runs the check and prints what it found.

    Args:
        arguments: the root folder; default the current one.

    Returns:
        The exit status: 1 where there is a fault.
    """
    faults = check(Path(arguments[0] if arguments else "."))
    print("\n".join(faults) if faults else "caps: every file is within its cap")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

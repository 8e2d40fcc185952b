"""The command line: thin commands over the public API."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line; a user's mistake is one clear text and exit status 2."""
    from ..errors import SujeongError
    from . import show as _  # noqa: F401 - adds its commands
    from .app import application, complain

    try:
        application()
    except SujeongError as error:
        complain(error)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)

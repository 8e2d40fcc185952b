"""A pytest plugin that writes the outcome of every test to the file named by ARRAY_API_OUTCOMES.

It is loaded by tools/array_api.py into the suite's own pytest, where nothing of ours may be imported.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

_outcomes: dict[str, str] = {}


def outcome(report: Any) -> str | None:
    """The outcome that a report settles, or None where it settles nothing.

    Args:
        report: pytest's report on one phase (setup, call, teardown) of a test.

    Returns:
        "passed", "failed", "skipped", "xfailed", "xpassed" or "error".
    """
    if hasattr(report, "wasxfail"):
        return {"skipped": "xfailed", "passed": "xpassed"}.get(report.outcome, "failed")
    if report.when == "call":
        return str(report.outcome)
    return {"failed": "error", "skipped": "skipped"}.get(report.outcome)


def pytest_runtest_logreport(report: Any) -> None:
    """Notes the outcome of a test; an error while tearing down outranks a pass."""
    settled = outcome(report)
    if settled:
        _outcomes[report.nodeid] = settled


def pytest_collectreport(report: Any) -> None:
    """Notes a file that cannot be collected: its tests are missing from every count."""
    if report.failed:
        _outcomes[report.nodeid] = "uncollected"


def pytest_sessionfinish(session: Any) -> None:
    """Writes what was noted, once: by the process that the workers report to."""
    if not hasattr(session.config, "workerinput"):
        Path(os.environ["ARRAY_API_OUTCOMES"]).write_text(json.dumps(_outcomes), encoding="utf-8")

"""Measures how much of the array API standard (2024.12) the package keeps, by the public test suite.

    python tools/array_api.py SUITE --engine numpy

SUITE is a checkout of github.com/data-apis/array-api-tests with its submodule:

    git clone --recurse-submodules https://github.com/data-apis/array-api-tests SUITE
    pip install -c constraints.txt -e '.[dev,conformance]'

The result goes to benchmarks/array_api/ENGINE.json, and docs/array-api.md is written anew from the
results of all engines. Tests that fail for a known reason stand in tools/array_api_exceptions/ENGINE.txt,
below a comment that gives the reason; they run all the same and count as not passed. `--module` measures
another library (`--module numpy`) and writes nothing, which shows that the measuring works.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections import Counter
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STANDARD = "2024.12"
REQUIRED = 0.95
# The suite's own setting for types that a library lacks; shown with the result.
SKIPPED_DTYPES = {"torch": "uint16,uint32,uint64"}
KINDS = ["passed", "failed", "error", "skipped", "xfailed", "xpassed"]


def exceptions(path: Path) -> dict[str, str]:
    """Reads a file of exceptions.

    Args:
        path: lines of test names, each group below one or more comment lines with the reason; a blank
            line ends the group. A missing file has no exceptions.

    Returns:
        Test name -> reason.

    Raises:
        SystemExit: a test name stands there without a reason.
    """
    found: dict[str, str] = {}
    reason: list[str] = []
    naming = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else [], 1):
        if line.startswith("#"):
            reason, naming = ([] if naming else reason) + [line.lstrip("# ")], False
        elif not line.strip():
            reason, naming = [], False
        elif not reason:
            raise SystemExit(
                f"{path.name}:{number}: {line!r} stands there without a reason (a comment above it)"
            )
        else:
            found[line], naming = " ".join(reason), True
    return found


def run_suite(
    suite: Path, module: str, engine: str, max_examples: int, workers: int, xfails: Path
) -> dict[str, str]:
    """Runs the suite in its own process.

    Args:
        suite: the checkout.
        module: the library to measure.
        engine: the engine to measure it on.
        max_examples: how many inputs are tried in each test.
        workers: number of processes.
        xfails: the file of exceptions.

    Returns:
        Test name -> outcome, for every collected test.

    Raises:
        SystemExit: the suite did not run.
    """
    command = [
        sys.executable,
        "-m",
        "pytest",
        "array_api_tests",
        "-q",
        "--tb=no",
        "--no-header",
        "-W",
        "ignore",
    ]
    command += ["-p", "array_api_plugin", "-p", "no:cacheprovider", "-n", str(workers)]
    command += ["--max-examples", str(max_examples), "--derandomize", "--disable-deadline"]
    if xfails.exists():
        command += ["--xfails-file", str(xfails)]
    with tempfile.TemporaryDirectory() as folder:
        outcomes = Path(folder) / "outcomes.json"
        environment = os.environ | {
            "ARRAY_API_TESTS_MODULE": module,
            "ARRAY_API_TESTS_VERSION": STANDARD,
            "ARRAY_API_TESTS_SKIP_DTYPES": SKIPPED_DTYPES.get(engine, "") if module == "sujeong" else "",
            "ARRAY_API_OUTCOMES": str(outcomes),
            "SUJEONG_ENGINE": engine,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tools")]),
            "OMP_NUM_THREADS": "1",
        }
        done = subprocess.run(command, cwd=suite, env=environment, check=False)
        found = json.loads(outcomes.read_text(encoding="utf-8")) if outcomes.exists() else {}
    # pytest's status: 0 all passed, 1 some failed; anything else means that it could not run.
    if done.returncode not in (0, 1) or not found:
        raise SystemExit(f"the suite did not run (status {done.returncode}); is the submodule there?")
    lost = sorted(name for name, kind in found.items() if kind == "uncollected")
    if lost:
        raise SystemExit("no result: these files of the suite could not be collected: " + ", ".join(lost))
    return dict(sorted(found.items()))


def suite_version(suite: Path) -> str:
    """The commit of the suite's checkout, "unknown" where it is not a git checkout of its own."""
    command = ["git", "-C", str(suite), "rev-parse", "--show-prefix", "HEAD"]
    prefix, _, commit = subprocess.run(command, capture_output=True, text=True, check=False).stdout.partition(
        "\n"
    )
    return commit.strip() if commit and not prefix else "unknown"


def machine() -> dict[str, str]:
    """What the result depends on besides the code: processor, system, versions."""
    info = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", info.read_text()) if info.exists() else None
    facts = {
        "processor": f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores",
        "system": platform.system(),
        "python": platform.python_version(),
    }
    for library in ("numpy", "torch", "hypothesis", "pytest"):
        try:
            facts[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            facts[library] = "none"
    return facts


def summarise(outcomes: dict[str, str], reasons: dict[str, str]) -> dict[str, Any]:
    """Counts outcomes.

    Args:
        outcomes: test name -> outcome.
        reasons: the exceptions.

    Returns:
        The counts, the share passed of all collected tests (a test that passed although an exception is
        made for it is not counted), the names of failed tests, and the exceptions. `not_needed` lists
        exceptions that name no test, or a test that passed.
    """
    counts = Counter(outcomes.values())
    return {
        "collected": len(outcomes),
        **{kind: counts[kind] for kind in KINDS},
        "share": round(counts["passed"] / len(outcomes), 4),
        "failures": [name for name, kind in outcomes.items() if kind in ("failed", "error")],
        "not_needed": [name for name in reasons if not _excuses(name, outcomes)],
        "exceptions": reasons,
    }


def _excuses(name: str, outcomes: dict[str, str]) -> bool:
    """Whether an exception, which names a test, all its parameters or a file, met a failure or a skip."""
    return any(
        kind in ("xfailed", "skipped")
        for test, kind in outcomes.items()
        if test == name or test.startswith((f"{name}[", f"{name}::"))
    )


def page(results: dict[str, dict[str, Any]]) -> str:
    """The page docs/array-api.md.

    Args:
        results: engine -> what its result file holds.

    Returns:
        Markdown.
    """
    lines = [
        f"# The array API standard, {STANDARD}",
        "",
        "`sujeong` is a namespace of the Python array API standard. How far that holds is measured, engine",
        "by engine, with the public suite [array-api-tests](https://github.com/data-apis/array-api-tests).",
        "This page is written by `tools/array_api.py`; its head says how to fetch the suite.",
        "",
        "| engine | collected | " + " | ".join(KINDS) + " | share passed |",
        "|---|" + "---:|" * (len(KINDS) + 2),
    ]
    for engine, result in results.items():
        figures = " | ".join(str(result[kind]) for kind in ["collected", *KINDS])
        lines.append(f"| {engine} | {figures} | {result['share']:.2%} |")
    lines += ["", "The share is passed / collected: skipped and expected failures count against it."]
    for engine, result in results.items():
        facts = ", ".join(f"{name} {value}" for name, value in result["machine"].items())
        lines += ["", f"## Engine {engine}", "", f"- Command: `{result['command']}`"]
        lines += [f"- Suite: commit `{result['suite'][:12]}`", f"- Machine: {facts}"]
        if result["skipped_dtypes"]:
            lines.append(f"- Types left out by the suite's own setting: {result['skipped_dtypes']}")
        lines += ["", "Exceptions, each with its reason:" if result["exceptions"] else "No exceptions.", ""]
        lines += [f"- `{name}`: {reason}" for name, reason in result["exceptions"].items()]
        if result["failures"]:
            lines += ["", "Failures without an exception:", ""]
            lines += [f"- `{name}`" for name in result["failures"]]
    return "\n".join(lines).rstrip() + "\n"


def save(root: Path, engine: str, result: dict[str, Any]) -> None:
    """Writes the result of one engine, and the page from the results of all.

    Args:
        root: the folder of the repository.
        engine: the engine that was measured.
        result: what to write.
    """
    folder = root / "benchmarks" / "array_api"
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
    (folder / f"{engine}.json").write_text(text, encoding="utf-8")
    results = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))
    }
    (root / "docs").mkdir(exist_ok=True)
    (root / "docs" / "array-api.md").write_text(page(results), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Measures one engine.

    Args:
        arguments: the command line.

    Returns:
        The exit status: 1 where less than REQUIRED of the collected tests passed.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("suite", type=Path, help="checkout of array-api-tests with its submodule")
    parser.add_argument("--engine", choices=["numpy", "torch"], default="numpy")
    parser.add_argument(
        "--module", default="sujeong", help="another library, to try the suite; writes nothing"
    )
    parser.add_argument("--max-examples", type=int, default=100, help="inputs tried in each test")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)

    ours = options.module == "sujeong"
    listed = ROOT / "tools" / "array_api_exceptions" / f"{options.engine if ours else options.module}.txt"
    reasons = exceptions(listed)
    outcomes = run_suite(
        options.suite, options.module, options.engine, options.max_examples, options.workers, listed
    )
    result = summarise(outcomes, reasons)
    figures = ", ".join(f"{result[kind]} {kind}" for kind in KINDS)
    print(f"{options.module} on {options.engine}: {result['collected']} collected, {figures}")
    print(f"share passed {result['share']:.2%}, required {REQUIRED:.0%}")
    for name in result["not_needed"]:
        print(f"not needed in {listed.name}: {name}")
    if ours:
        command = (
            f"python tools/array_api.py SUITE --engine {options.engine} --max-examples {options.max_examples}"
        )
        facts = {
            "engine": options.engine,
            "standard": STANDARD,
            "command": command,
            "suite": suite_version(options.suite),
            "skipped_dtypes": SKIPPED_DTYPES.get(options.engine, ""),
            "machine": machine(),
        }
        save(ROOT, options.engine, facts | result)
    return 0 if result["share"] >= REQUIRED else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

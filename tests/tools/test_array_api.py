"""tools/array_api.py, on a small suite of the same form as the public one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tools import array_api

CONFTEST = """
import os, pytest

def pytest_addoption(parser):
    parser.addoption("--max-examples", type=int)
    parser.addoption("--derandomize", action="store_true")
    parser.addoption("--disable-deadline", action="store_true")
    parser.addoption("--xfails-file")

def pytest_collection_modifyitems(config, items):
    path = config.getoption("--xfails-file")
    names = open(path).read().splitlines() if path else []
    for item in items:
        if item.nodeid in names:
            item.add_marker(pytest.mark.xfail)
"""
TESTS = """
import os, pytest

def test_environment():
    expected = {
        "ARRAY_API_TESTS_MODULE": "numpy", "ARRAY_API_TESTS_VERSION": "2024.12",
        "SUJEONG_ENGINE": "torch", "OMP_NUM_THREADS": "1",
    }
    assert {key: os.environ[key] for key in expected} == expected

def test_options(pytestconfig):
    assert pytestconfig.getoption("--max-examples") == 7 and pytestconfig.getoption("--derandomize")

def test_wrong(): assert False
def test_wrong_and_known(): assert False
def test_right_but_listed(): pass
def test_skipped(): pytest.skip("not here")
def test_broken_fixture(nothing_of_this_name): pass
"""
LISTED = "# engines round otherwise\narray_api_tests/test_a.py::test_wrong_and_known\n"
STALE = "\n# was so once\narray_api_tests/test_a.py::test_right_but_listed\narray_api_tests/test_b.py\n"


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    folder = tmp_path / "suite"
    (folder / "array_api_tests").mkdir(parents=True)
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "array_api_tests" / "test_a.py").write_text(TESTS)
    (folder / "exceptions.txt").write_text(LISTED + STALE)
    return folder


def test_every_outcome_is_counted(suite: Path) -> None:
    listed = suite / "exceptions.txt"
    outcomes = array_api.run_suite(suite, "numpy", "torch", max_examples=7, workers=1, xfails=listed)
    short = {name.split("::")[1]: kind for name, kind in outcomes.items()}
    assert short == {
        "test_environment": "passed",
        "test_options": "passed",
        "test_wrong": "failed",
        "test_wrong_and_known": "xfailed",
        "test_right_but_listed": "xpassed",
        "test_skipped": "skipped",
        "test_broken_fixture": "error",
    }
    result = array_api.summarise(outcomes, array_api.exceptions(listed))
    assert (result["collected"], result["passed"], result["share"]) == (7, 2, round(2 / 7, 4))
    assert [name.split("::")[1] for name in result["failures"]] == ["test_broken_fixture", "test_wrong"]
    assert result["not_needed"] == [
        "array_api_tests/test_a.py::test_right_but_listed",
        "array_api_tests/test_b.py",
    ]


def test_a_suite_that_does_not_run_is_no_result(suite: Path) -> None:
    (suite / "conftest.py").write_text("raise RuntimeError('no submodule')\n")
    with pytest.raises(SystemExit, match="the suite did not run \\(status 4\\)"):
        array_api.run_suite(suite, "numpy", "numpy", max_examples=7, workers=1, xfails=suite / "none.txt")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_cannot_be_collected_is_no_result(suite: Path, workers: int) -> None:
    (suite / "array_api_tests" / "test_b.py").write_text("import nothing_of_this_name\n")
    with pytest.raises(SystemExit, match="could not be collected: array_api_tests/test_b.py"):
        array_api.run_suite(
            suite, "numpy", "numpy", max_examples=7, workers=workers, xfails=suite / "none.txt"
        )


def test_below_the_required_share_the_command_fails(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        str(suite),
        "--module",
        "numpy",
        "--workers",
        "1",
        "--engine",
        "torch",
        "--max-examples",
        "7",
    ]
    assert array_api.main(arguments) == 1
    assert "7 collected, 3 passed, 2 failed, 1 error, 1 skipped" in capsys.readouterr().out
    (suite / "array_api_tests" / "test_a.py").write_text("def test_right(): pass\n")
    assert array_api.main(arguments) == 0


def test_exceptions_carry_their_reasons(tmp_path: Path) -> None:
    path = tmp_path / "numpy.txt"
    path.write_text("# half of\n# a reason\na::b\na::c\n# another\na::d[x]\n\n# no name follows\n")
    assert array_api.exceptions(path) == {
        "a::b": "half of a reason",
        "a::c": "half of a reason",
        "a::d[x]": "another",
    }
    assert array_api.exceptions(tmp_path / "missing.txt") == {}
    path.write_text("# a reason\na::b\n\na::c\n")
    with pytest.raises(SystemExit, match="numpy.txt:4: 'a::c' stands there without a reason"):
        array_api.exceptions(path)


def test_the_page_holds_what_was_measured(tmp_path: Path) -> None:
    facts = {
        "command": "the command",
        "suite": "0123456789abcdef",
        "skipped_dtypes": "uint16",
        "machine": {"processor": "abacus, 2 cores"},
    }
    counts = array_api.summarise(
        {"a::b": "passed", "a::c": "xfailed", "a::d": "failed"}, {"a::c": "as it is"}
    )
    array_api.save(tmp_path, "torch", facts | counts)
    array_api.save(tmp_path, "numpy", facts | array_api.summarise({"a::b": "passed"}, {}))
    text = (tmp_path / "docs" / "array-api.md").read_text()
    assert "| torch | 3 | 1 | 1 | 0 | 0 | 1 | 0 | 33.33% |" in text
    assert "| numpy | 1 | 1 | 0 | 0 | 0 | 0 | 0 | 100.00% |" in text
    for part in (
        "`the command`",
        "`0123456789ab`",
        "abacus, 2 cores",
        "- `a::c`: as it is",
        "- `a::d`",
        "setting: uint16",
    ):
        assert part in text


def test_the_version_is_the_commit_of_the_checkout(suite: Path) -> None:
    assert array_api.suite_version(suite) == "unknown"
    git = ["git", "-C", str(suite), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
    assert re.fullmatch("[0-9a-f]{40}", array_api.suite_version(suite))
    assert array_api.suite_version(suite / "array_api_tests") == "unknown"  # a folder inside another checkout

"""tools/check_wheel.py: a whole wheel passes, one with something missing or foreign is refused."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from tools import check_wheel

METADATA = "Metadata-Version: 2.4\nName: sujeong\n" + "".join(
    f"Requires-Dist: {need}\n"
    for need in ("numpy>=2.0", "safetensors>=0.4", "typer", "rich", "torch>=2.11; extra == 'torch'")
)
INFO = "sujeong-0.1.0.dist-info"
WHOLE = {
    "sujeong/__init__.py": "",
    "sujeong/py.typed": "",
    f"{INFO}/METADATA": METADATA,
    f"{INFO}/licenses/LICENSE": "",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "src" / "sujeong"
    (folder / "__pycache__").mkdir(parents=True)
    for name in ("__init__.py", "py.typed", "__pycache__/a.pyc"):
        (folder / name).touch()
    return folder


def faults(package: Path, files: dict[str, str]) -> list[str]:
    """What is found in a wheel of these files."""
    wheel = package.parent / "a.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return check_wheel.faults_of_contents(wheel, package)


def test_a_whole_wheel_passes(package: Path) -> None:
    assert faults(package, WHOLE) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"sujeong/py.typed": None}, ["wheel: sujeong/py.typed is missing"]),
        ({"tests/test_a.py": ""}, ["wheel: tests/test_a.py does not belong there"]),
        ({f"{INFO}/licenses/LICENSE": None}, ["wheel: the licence is missing"]),
        (
            {f"{INFO}/METADATA": METADATA.replace("; extra == 'torch'", "")},
            ["wheel: needs ['numpy', 'rich', 'safetensors', 'torch', 'typer'], expected ['numpy', "],
        ),
    ],
)
def test_a_faulty_wheel_is_refused(package: Path, change: dict[str, str | None], expected: list[str]) -> None:
    files = {name: text for name, text in (WHOLE | change).items() if text is not None}
    found = faults(package, files)
    assert len(found) == len(expected)
    assert all(a.startswith(b) for a, b in zip(found, expected, strict=True)), found


def test_a_command_that_fails_stops_the_check(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"gave status 1\n[\s\S]*no such layer"):
        check_wheel.run(sys.executable, "-c", "raise SystemExit('no such layer')", folder=tmp_path)

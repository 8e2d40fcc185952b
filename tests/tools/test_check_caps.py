"""tools/check_caps.py: the cap itself is allowed, one line more is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import check_caps


@pytest.mark.parametrize(("folder", "cap"), [("src", 350), ("tests", 600)])
def test_one_line_over_the_cap_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str, cap: int
) -> None:
    path = tmp_path / folder / "deep" / "long.py"
    path.parent.mkdir(parents=True)
    path.write_text("x = 1\n" * cap)
    assert check_caps.main([str(tmp_path)]) == 0
    path.write_text("x = 1\n" * (cap + 1))
    assert check_caps.main([str(tmp_path)]) == 1
    expected = f"{folder}/deep/long.py: {cap + 1} lines, the cap in {folder}/ is {cap}"
    assert expected in capsys.readouterr().out


def test_the_longest_file_comes_first(tmp_path: Path) -> None:
    for name, lines in {"a": 400, "b": 900, "c": 500}.items():
        (tmp_path / "src").mkdir(exist_ok=True)
        (tmp_path / "src" / f"{name}.py").write_text("\n" * lines)
    assert [fault[:8] for fault in check_caps.check(tmp_path)] == ["src/b.py", "src/c.py", "src/a.py"]

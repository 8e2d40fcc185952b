"""tools/check_imports.py: a tree that keeps the order passes, each kind of breach is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import check_imports

ROOT = Path(__file__).parents[2]


def write(root: Path, **files: str) -> None:
    """Makes files of src/sujeong: a double underscore in a key is a folder."""
    for name, text in {"__init__": "", **files}.items():
        parts = [name] if name in {"__init__", "__main__"} else name.split("__")
        path = root / "src" / "sujeong" / ("/".join(parts) + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def make_packages(root: Path) -> None:
    """Gives every folder its `__init__.py`."""
    package = root / "src" / "sujeong"
    for folder in [path for path in package.rglob("*") if path.is_dir()]:
        (folder / "__init__.py").touch()


def test_the_repository_keeps_the_order() -> None:
    assert check_imports.check(ROOT) == []


def test_an_orderly_tree_passes(tmp_path: Path) -> None:
    write(
        tmp_path,
        errors="import difflib\n",
        core__tensor="import numpy as np\nfrom ..errors import ShapeError\n",
        ops__relu="from sujeong.core.tensor import Tensor\nfrom . import table\n",
        ops__table="",
        engines__torch__relu="import torch\nfrom ..shared import pad\nfrom ...ops import relu\n",
        engines__shared="from sujeong.ops import table\n",
        inspect__plots="def draw():\n    import matplotlib.pyplot as plt\n    return plt\n",
        cli__main="import rich\nimport typer\nimport sujeong as sj\n",
        __main__="from .cli import main\n",
        __init__="from .ops.relu import relu\n",
    )
    assert check_imports.check(tmp_path) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"core__tensor": "from sujeong.ops import relu\n"},
            "core/tensor.py:1: core imports ops, which stands above it",
        ),
        (
            {"core__tensor": "\nfrom ..ops.relu import relu\n"},
            "core/tensor.py:2: core imports ops, which stands above",
        ),
        (
            {"core__tensor": "def f():\n    from .. import ops\n", "ops__a": ""},
            "core/tensor.py:2: core imports",
        ),
        (
            {"nn__a": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..training import x\n"},
            "nn/a.py:3: nn imports training, which stands above it",
        ),
        (
            {"core__a": "import importlib\nimportlib.import_module('sujeong.optim.sgd')\n"},
            "core/a.py:2: core imports optim, which stands above it",
        ),
        ({"losses__a": "from ..metrics import accuracy\n"}, "losses imports metrics, which stands beside it"),
        ({"engines__numpy__a": "from ..torch import b\n"}, "engine numpy imports engine torch"),
        (
            {"engines__numpy__a": "def f():\n    from .. import torch\n", "engines__torch__b": ""},
            "engine numpy imports",
        ),
        ({"ops__a": "def f():\n    import torch\n"}, "ops/a.py:2: torch is imported outside engines/torch"),
        ({"engines__numpy__a": "import jax.numpy as jnp\n"}, "jax is imported outside engines/jax"),
        ({"cli__a": "import torch\n"}, "torch is imported outside engines/torch"),
        ({"checkpoints__a": "from safetensors.numpy import save\n"}, "safetensors is loaded at the top"),
        (
            {"data__a": "try:\n    import sklearn\nexcept ImportError:\n    pass\n"},
            "sklearn is loaded at the top",
        ),
        ({"inspect__a": "class A:\n    import PIL\n"}, "PIL is loaded at the top"),
        ({"engines__numpy__a": "import scipy\n"}, "scipy is loaded at the top"),
        (
            {"engines__loader": "from . import torch\n", "engines__torch__a": ""},
            "engines.torch is loaded at the top",
        ),
        ({"__init__": "from .cli import main\n"}, "__init__.py:1: sujeong.cli is loaded at the top"),
        (
            {"nn__a": "def f():\n    from .. import __main__\n", "__main__": ""},
            "room '__main__' has no place",
        ),
        ({"training__a": "def f():\n    import sujeong as sj\n"}, "training imports the package's face"),
        ({"attic__a": ""}, "attic/a.py:1: room 'attic' has no place in ORDER"),
    ],
)
def test_a_breach_is_refused(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    write(tmp_path, **files)
    make_packages(tmp_path)
    faults = check_imports.check(tmp_path)
    assert [fault for fault in faults if expected in fault], faults
    assert len({fault.split(": ")[-1] for fault in faults}) == 1, faults


def test_the_command_fails_with_the_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, core__tensor="import torch\n")
    assert check_imports.main([str(tmp_path)]) == 1
    assert "core/tensor.py:1: torch is imported outside engines/torch" in capsys.readouterr().out


def test_every_room_stands_in_one_place() -> None:
    rooms = [room for group in check_imports.ORDER for room in ([group] if isinstance(group, str) else group)]
    assert len(rooms) == len(set(rooms))
    assert [check_imports.level(name) for name in ("errors", "losses", "metrics", "unknown")] == [
        0,
        10,
        10,
        None,
    ]

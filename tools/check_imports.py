"""Checks that imports go down only, and that heavy libraries stay in their rooms.

    python tools/check_imports.py [ROOT]

The rules, for every module under ROOT/src/sujeong:

1. A room imports only from rooms that stand to its left in ORDER (rooms of one group not from each other).
   Imports inside functions and under `TYPE_CHECKING` count: they tie rooms together all the same.
2. `engines/<a>` does not import `engines/<b>`, and an engine's library is imported in its room only.
3. When a module is loaded it loads the standard library, NumPy and Sujeong, nothing heavier. Other
   libraries are imported inside functions; `cli/`, `__main__` and the engines' rooms, which nothing
   loads at `import sujeong`, may import them at the top.
4. No room imports the package's face, `sujeong` itself; only FACE_USERS, which stand above it, do.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "sujeong"

# From the bottom to the top. A tuple is a group of rooms that do not know of each other.
ORDER: list[str | tuple[str, ...]] = [
    "errors",
    "messages",
    "core",
    "ops",
    "autodiff",
    "compiling",
    "engines",
    "program",
    "recurrent",
    "nn",
    ("losses", "metrics"),
    "optim",
    "data",
    "checkpoints",
    "training",
    "inspect",
    "zoo",
    "exhibits",
    "cli",
]

# Engine -> the heavy libraries that only its room imports. NumPy carries host data everywhere.
ENGINE_LIBRARIES: dict[str, set[str]] = {
    "numpy": set(),
    "torch": {"torch", "triton"},
    "jax": {"jax", "jaxlib"},
}

LIGHT = {*sys.stdlib_module_names, "numpy", PACKAGE}
FACES = {"", "__main__"}
FACE_USERS = {"exhibits", "cli"}
COMMANDS = {"cli", "__main__"}


@dataclass(frozen=True)
class Import:
    """One imported module: its dotted name, where it stands, and when it runs."""

    target: str
    line: int
    at_load: bool
    """Whether it runs when the module is loaded: not in a function, not under `TYPE_CHECKING`."""


def level(room: str) -> int | None:
    """The height of a room in ORDER, or None where it has no place."""
    for height, group in enumerate(ORDER):
        if room == group or (isinstance(group, tuple) and room in group):
            return height
    return None


def room_of(dotted: str) -> str:
    """The room of a module: "sujeong.ops.conv" is in "ops"; the package itself is in ""."""
    return (dotted.split(".") + [""])[1]


def engine_of(dotted: str) -> str | None:
    """The engine whose room a module stands in: "sujeong.engines.torch.conv" is in "torch"."""
    parts = dotted.split(".")
    return parts[2] if parts[1:2] == ["engines"] and len(parts) > 2 and parts[2] in ENGINE_LIBRARIES else None


def is_heavy(dotted: str) -> bool:
    """Whether loading a module of the package may load heavy libraries: the commands and most engines."""
    return room_of(dotted) in COMMANDS or bool(ENGINE_LIBRARIES.get(engine_of(dotted) or ""))


def imports(tree: ast.Module, module: str, is_package: bool, modules: set[str]) -> Iterator[Import]:
    """All imports of a module, with relative ones resolved.

    Args:
        tree: the parsed module.
        module: its dotted name.
        is_package: whether it is an `__init__.py`.
        modules: dotted names of all modules there are, to tell a submodule from an attribute.

    Yields:
        One `Import` for each imported module; `importlib.import_module("...")` counts too.
    """

    def visit(node: ast.AST, at_load: bool) -> Iterator[Import]:
        for target in _targets(node, module, is_package, modules):
            yield Import(target, getattr(node, "lineno", 1), at_load)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            at_load = False
        only_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for field, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from visit(child, at_load and not (only_types and field == "body"))

    yield from visit(tree, True)


def _targets(node: ast.AST, module: str, is_package: bool, modules: set[str]) -> list[str]:
    """Dotted names of what one node imports; most nodes import nothing."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = module.split(".")
            up = node.level - 1 if is_package else node.level
            base = ".".join(parts[: len(parts) - up] + ([base] if base else []))
        inner = [f"{base}.{alias.name}" for alias in node.names]
        return [name if name in modules else base for name in inner]
    if isinstance(node, ast.Call) and _is_dynamic_import(node):
        name = node.args[0]
        return [name.value] if isinstance(name, ast.Constant) and isinstance(name.value, str) else []
    return []


def _is_dynamic_import(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in {"import_module", "__import__"} and bool(call.args)


def judge(module: str, found: Import) -> str | None:
    """What is wrong with one import, or None.

    Args:
        module: dotted name of the module that imports.
        found: the import.

    Returns:
        A sentence on the rule that it breaks.
    """
    library = found.target.split(".")[0]
    if library != PACKAGE:
        return _judge_library(module, library, found.at_load)
    fault = _judge_direction(module, found.target)
    if fault is None and found.at_load and is_heavy(found.target) and not is_heavy(module):
        return f"{found.target} is loaded at the top; load it where it is first used"
    return fault


def _judge_library(module: str, library: str, at_load: bool) -> str | None:
    for engine, libraries in ENGINE_LIBRARIES.items():
        if library in libraries:
            return None if engine_of(module) == engine else f"{library} is imported outside engines/{engine}"
    if at_load and library not in LIGHT and not is_heavy(module):
        return f"{library} is loaded at the top; import it inside the function that needs it"
    return None


def _judge_direction(module: str, target: str) -> str | None:
    here, there = room_of(module), room_of(target)
    if here in FACES:
        return None
    if there == "":
        return (
            None if here in FACE_USERS else f"{here} imports the package's face; import the name's own room"
        )
    if there == here:
        ours, theirs = engine_of(module), engine_of(target)
        return f"engine {ours} imports engine {theirs}" if ours and theirs and ours != theirs else None
    low, high = level(there), level(here)
    if low is None or high is None:
        return f"room {there if low is None else here!r} has no place in ORDER (tools/check_imports.py)"
    if low >= high:
        return f"{here} imports {there}, which stands {'beside' if low == high else 'above'} it"
    return None


def check(root: Path) -> list[str]:
    """Checks one tree.

    Args:
        root: the folder that holds `src/sujeong`.

    Returns:
        One line "file:line: what is wrong" for each fault.
    """
    source = root / "src"
    files = {_dotted(path.relative_to(source)): path for path in sorted((source / PACKAGE).rglob("*.py"))}
    faults = []
    for module, path in files.items():
        where = path.relative_to(root)
        room = room_of(module)
        if room not in FACES and level(room) is None:
            faults.append(f"{where}:1: room {room!r} has no place in ORDER (tools/check_imports.py)")
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        for found in imports(tree, module, path.name == "__init__.py", set(files)):
            fault = judge(module, found)
            if fault:
                faults.append(f"{where}:{found.line}: {fault}")
    return sorted(set(faults))


def _dotted(path: Path) -> str:
    parts = list(path.with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def main(arguments: list[str]) -> int:
    """Runs the check and prints what it found.

    Args:
        arguments: the root folder; default the current one.

    Returns:
        The exit status: 1 where there is a fault.
    """
    root = Path(arguments[0] if arguments else ".")
    faults = check(root)
    print("\n".join(faults) if faults else "imports: every room looks down only")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Checks that what users can reach is documented.

    python tools/check_docstrings.py [ROOT]

Two checks. By reading: every public module, class, function and method under ROOT/src has a docstring.
By importing: every function and class exported from a namespace of NAMESPACES says what it takes
("Args:" where it has arguments), what it gives ("Returns:" unless that is None) and shows an example
(">>>", which the tests run). Exceptions need a docstring only.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGE = "sujeong"
NAMESPACES = ["", "nn", "losses", "optim", "metrics", "initializers"]
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def undocumented(path: Path) -> Iterator[tuple[int, str]]:
    """The public definitions of a file that lack a docstring.

    Args:
        path: a Python file.

    Yields:
        Line and name; the module itself is called by its file name.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    if not ast.get_docstring(tree):
        yield 1, f"module {path.name}"

    def visit(body: list[ast.stmt], prefix: str) -> Iterator[tuple[int, str]]:
        for node in body:
            if isinstance(node, Definition) and not node.name.startswith("_") and not _is_excused(node):
                if not ast.get_docstring(node):
                    yield node.lineno, prefix + node.name
                if isinstance(node, ast.ClassDef):
                    yield from visit(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.If | ast.Try):
                yield from visit(node.body, prefix)
                yield from visit(node.orelse, prefix)

    yield from visit(tree.body, "")


def _is_excused(node: Definition) -> bool:
    """Overloads, property setters and marked overrides are described where the name is first defined."""
    names = [ast.unparse(decorator).split(".")[-1] for decorator in node.decorator_list]
    return bool({"overload", "setter", "deleter", "override"} & set(names))


def is_public(path: Path) -> bool:
    """Whether no part of a path below the package starts with an underscore (`__init__` is its folder)."""
    return not any(part.startswith("_") for part in path.with_suffix("").parts if part != "__init__")


def exports(namespace: Any) -> dict[str, Any]:
    """The functions and classes of ours that a namespace offers.

    Args:
        namespace: a module; where it has `__all__` that list counts, else its public names.

    Returns:
        Name -> object.
    """
    names = getattr(namespace, "__all__", None) or [name for name in dir(namespace) if name[0] != "_"]
    found = {name: getattr(namespace, name) for name in names}
    return {
        name: item
        for name, item in found.items()
        if callable(item)
        and not isinstance(item, ModuleType)
        and str(getattr(item, "__module__", "")).split(".")[0] == PACKAGE
    }


def lacks(item: Any) -> list[str]:
    """What the docstring of an exported function or class does not say.

    Args:
        item: the function or class.

    Returns:
        Names of the missing parts.
    """
    text = inspect.getdoc(item) or ""
    if not text:
        return ["docstring"]
    if inspect.isclass(item) and issubclass(item, BaseException):
        return []
    missing = []
    try:
        signature = inspect.signature(item)
    except (TypeError, ValueError):
        signature = inspect.Signature()
    if signature.parameters and "Args:" not in text:
        missing.append("Args:")
    gives = signature.return_annotation not in (None, "None", "NoReturn")
    if gives and not inspect.isclass(item) and "Returns:" not in text and "Yields:" not in text:
        missing.append("Returns:")
    if ">>>" not in text:
        missing.append("example (>>>)")
    return missing


def check_files(root: Path) -> list[str]:
    """The first check: docstrings of everything public under ROOT/src/sujeong.

    Args:
        root: the folder that holds `src`.

    Returns:
        One line for each fault.
    """
    package = root / "src" / PACKAGE
    return [
        f"{path.relative_to(root)}:{line}: {name} has no docstring"
        for path in sorted(package.rglob("*.py"))
        if is_public(path.relative_to(package))
        for line, name in undocumented(path)
    ]


def check_exports(root: Path) -> list[str]:
    """The second check: arguments, result and example of everything exported.

    Args:
        root: the folder that holds `src`, which is put first on the import path.

    Returns:
        One line for each fault.
    """
    if not (root / "src" / PACKAGE / "__init__.py").exists():
        return []
    sys.path.insert(0, str((root / "src").resolve()))
    package = importlib.import_module(PACKAGE)
    faults, seen = [], set()
    for name in NAMESPACES:
        namespace = _namespace(package, name)
        if namespace is None:  # not built yet
            continue
        for export, item in exports(namespace).items():
            parts = [] if id(item) in seen else lacks(item)
            seen.add(id(item))
            if parts:
                dotted = ".".join(filter(None, [PACKAGE, name, export]))
                faults.append(f"{dotted}: the docstring lacks {', '.join(parts)}")
    return faults


def _namespace(package: ModuleType, name: str) -> Any:
    if not name or hasattr(package, name):
        return getattr(package, name) if name else package
    try:
        return importlib.import_module(f"{PACKAGE}.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"{PACKAGE}.{name}":
            raise
        return None


def main(arguments: list[str]) -> int:
    """Runs both checks and prints what they found.

    Args:
        arguments: the root folder; default the current one.

    Returns:
        The exit status: 1 where there is a fault.
    """
    root = Path(arguments[0] if arguments else ".")
    faults = check_files(root) + check_exports(root)
    print("\n".join(faults) if faults else "docstrings: all there")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

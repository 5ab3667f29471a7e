"""Reads the project's own source, so that tests can hold it to its rules."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("clustermgr", "clusters", "vms")
EVERYTHING = (*PRODUCT, "tests", "benchmarks")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Module:
    """One Python file: where it is, its dotted name, its text and its syntax tree."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    def at(self, node: ast.expr | ast.stmt) -> str:
        """The place of a node, as an editor understands it."""
        return f"{self.path.relative_to(ROOT)}:{node.lineno}"


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every Python file under these folders, migrations apart."""
    return tuple(
        _read(path)
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    )


def _read(path: Path) -> Module:
    """Parse one file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text(encoding="utf-8")
    return Module(path, name, text, ast.parse(text, str(path)))


@cache
def imports(module: Module) -> tuple[tuple[str, ast.stmt], ...]:
    """Every import of a module, inside functions too: the dotted name as far as it is written, and the place."""
    found: list[tuple[str, ast.stmt]] = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found += ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = _absolute(module, node)
            found += ((f"{package}.{alias.name}", node) for alias in node.names)
    return tuple(found)


@cache
def for_types(module: Module) -> frozenset[ast.AST]:
    """What stands under `if TYPE_CHECKING`: it is read by people and by mypy, and never runs."""
    asides = (
        node for node in ast.walk(module.tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    return frozenset(inside for aside in asides for inside in ast.walk(aside))


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    """The package that a `from … import` names; relative ones are resolved."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    own = len(parts) - node.level + (module.path.name == "__init__.py")
    return ".".join([*parts[:own], *([node.module] if node.module else [])])


@cache
def calls(module: Module) -> tuple[tuple[str, ast.Call], ...]:
    """Every call of a module by its written name (`datetime.now`), as far as it has one."""
    found = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    return tuple((ast.unparse(node.func), node) for node in found)


def functions(module: Module) -> Iterator[Function]:
    """Every function and method."""
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def templates() -> tuple[Path, ...]:
    """Every template of ours."""
    return tuple(sorted((ROOT / "templates").rglob("*.html")))


def within(name: str, *packages: str) -> bool:
    """Whether a dotted name is one of these packages or lies inside one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)

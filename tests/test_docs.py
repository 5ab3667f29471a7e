"""The documents cannot lie: what can be set, run or made is written down, and what is written down exists."""

import ast
import re
from pathlib import Path

from tests.source import PRODUCT, ROOT, calls, modules

DOCUMENTS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
READS_ENVIRONMENT = frozenset({"os.environ.get", "os.getenv", "environ.get", "_words", "_switch"})


def test_every_setting_of_the_environment_is_documented() -> None:
    undocumented = {name for name in _environment() if f"`{name}`" not in _documents()}
    assert not undocumented


def test_every_management_command_is_documented() -> None:
    assert not {name for name in _commands() if f"manage.py {name}" not in _documents()}


def test_every_verb_of_make_is_documented() -> None:
    assert not {name for name in _verbs() if f"make {name}" not in _documents()}


def test_every_command_that_is_documented_exists() -> None:
    from django.core.management import get_commands

    assert not set(re.findall(r"manage\.py ([a-z]+)", _documents())) - set(get_commands()) - {"help"}


def test_every_verb_that_is_documented_exists() -> None:
    assert not set(re.findall(r"`make ([a-z]+)", _documents())) - _verbs()


def test_every_link_leads_somewhere() -> None:
    assert not [
        f"{document.relative_to(ROOT)}: {target}"
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8"))
        if not target.startswith(("http://", "https://", "mailto:")) and not (document.parent / target).exists()
    ]


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")]
    assert sorted(numbers) == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_every_dependency_has_its_reason_and_there_are_at_most_thirteen() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) <= 13
    assert not [pin for pin in pins if not re.fullmatch(r"[\w\[\],-]+==[\d.]+\s+# .{15,}", pin)]


def _documents() -> str:
    return "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)


def _environment() -> set[str]:
    """Every environment variable that the product reads."""
    called = {
        node.args[0].value
        for module in modules(*PRODUCT)
        for name, node in calls(module)
        if name in READS_ENVIRONMENT and node.args and isinstance(node.args[0], ast.Constant)
    }
    subscripted = {
        node.slice.value
        for module in modules(*PRODUCT)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Subscript)
        and ast.unparse(node.value) in {"os.environ", "environ"}
        and isinstance(node.slice, ast.Constant)
    }
    return {str(name) for name in called | subscripted}


def _commands() -> set[str]:
    folders = (ROOT / app / "management" / "commands" for app in ("clusters", "vms"))
    return {path.stem for folder in folders for path in Path(folder).glob("*.py") if not path.stem.startswith("_")}


def _verbs() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))

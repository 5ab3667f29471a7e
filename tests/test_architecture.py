"""The layers, and that arrows point down only (docs/architecture.md).

Each test lists every offence with its place, so that one run shows all there is to mend.
"""

import ast
import sys
from collections.abc import Collection, Iterator

from tests.source import PRODUCT, ROOT, Module, calls, for_types, imports, modules, within

# From the ground up; a module may import its own layer and those before it.
LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(nouns.split())
    for nouns in (
        "domain",
        "backends",
        "models mapping permissions positions processes lease pace sources history changed snapshots upsert "
        "ledger selectors services undoing inquiries planner throttle refusals signin notify sessions columns "
        "retention connections store "
        "decisions readings recorder controller fleet keyring credentials enrolment drafts zones",
        "presenters words sentences events regions windows changed drawing parts templatetags",
        "pages live frames hub viewers crowd",
        "views consumers forms urls routing admin apps",
        "clustermgr management",
    )
)
APPS = ("clusters", "vms")
DOMAINS = ("clusters.domain", "vms.domain")
BACKENDS = ("clusters.backends", "vms.backends")

CLOCKS_AND_CHANCE = frozenset(
    "asyncio io logging multiprocessing os pathlib random secrets shutil socket subprocess tempfile threading time "
    "uuid".split()
)
_HALVES = tuple(
    sorted(folder.name for folder in (ROOT / "clusters/backends").iterdir() if (folder / "__init__.py").exists())
)
IMPURE_CALLS = frozenset({"open", "print", "input", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"})


def test_every_module_has_its_layer() -> None:
    unknown = [module.name for module in modules(*PRODUCT) if module.name not in APPS and _layer(module.name) is None]
    assert not unknown, "name the layer of these in LAYERS: " + ", ".join(unknown)


def test_imports_point_downward() -> None:
    assert not [
        f"{module.at(node)}: {module.name} imports {target}, which lies above it"
        for module, target, node in _own_imports()
        if (_layer(module.name) or 0) < (_layer(target) or 0)
    ]


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Imports inside functions count: hiding one there moves the arrow, it does not turn it."""
    arrows: dict[str, set[str]] = {module.name: set() for module in modules(*PRODUCT)}
    for module, target, node in _own_imports():
        if node not in for_types(module) and (found := _module_of(target, arrows)) != module.name:
            arrows[module.name].add(found)
    # Who imports nobody, or is imported by nobody, of those that are left is in no circle; what stays turns in one.
    while free := {name for name in arrows if not arrows[name] or not any(name in each for each in arrows.values())}:
        arrows = {name: targets - free for name, targets in arrows.items() if name not in free}
    assert not [f"{name} imports {', '.join(sorted(targets))}" for name, targets in arrows.items()]


def test_clusters_never_learn_of_virtual_machines() -> None:
    offences = [
        f"{module.at(node)}: imports {target}"
        for module, target, node in _own_imports()
        if within(module.name, "clusters") and within(target, "vms")
    ]
    offences += [
        f"{module.at(node)}: names {node.value!r}"
        for module in modules("clusters")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(("vms.", "vms/"))
    ]
    assert not offences


def test_the_domain_imports_the_standard_library_only() -> None:
    assert not [
        f"{module.at(node)}: imports {target}"
        for module in _modules_of(DOMAINS)
        for target, node in imports(module)
        if not within(target, *DOMAINS) and target.partition(".")[0] not in sys.stdlib_module_names
    ]


def test_the_domain_has_no_clock_no_chance_and_no_files() -> None:
    offences = [
        f"{module.at(node)}: imports {target}"
        for module in _modules_of(DOMAINS)
        for target, node in imports(module)
        if target.partition(".")[0] in CLOCKS_AND_CHANCE
    ]
    offences += [
        f"{module.at(node)}: calls {name}"
        for module in _modules_of(DOMAINS)
        for name, node in calls(module)
        if name.removeprefix("datetime.") in IMPURE_CALLS or name in IMPURE_CALLS
    ]
    offences += [
        f"{module.at(node)}: is asynchronous"
        for module in _modules_of(DOMAINS)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith)
    ]
    assert not offences


def test_the_values_of_the_domain_are_frozen_and_slotted() -> None:
    assert not [
        f"{module.at(node)}: {node.name}"
        for module in _modules_of(DOMAINS)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and any(_loose_dataclass(decorator) for decorator in node.decorator_list)
    ]


def test_backends_know_no_django() -> None:
    assert not [
        f"{module.at(node)}: imports {target}"
        for module in _modules_of(BACKENDS)
        for target, node in imports(module)
        if within(target, "django", "channels", "daphne")
    ]


def test_cluster_halves_never_import_one_another() -> None:
    assert not [
        f"{module.at(node)}: {module.name} imports {target}"
        for module, target, node in _own_imports()
        if (own := _half(module.name)) and (other := _half(target)) and own != other
    ]


def test_only_the_composition_root_names_concrete_backends() -> None:
    assert not [
        f"{module.at(node)}: {module.name} imports {target}"
        for module, target, node in _own_imports()
        if (_half(target) or _hypervisor_half(target)) and not within(module.name, "clustermgr.backends", *BACKENDS)
    ]


def _modules_of(packages: tuple[str, ...]) -> list[Module]:
    return [module for module in modules(*APPS) if within(module.name, *packages)]


def _own_imports() -> Iterator[tuple[Module, str, ast.stmt]]:
    for module in modules(*PRODUCT):
        for target, node in imports(module):
            if within(target, *PRODUCT):
                yield module, target, node


def _module_of(target: str, known: Collection[str]) -> str:
    """The module that an import names, whether it asks for the module or for something in it."""
    while target and target not in known:
        target = target.rpartition(".")[0]
    return target


def _layer(name: str) -> int | None:
    """How high a module stands; None for what has no layer of its own, such as an app's package."""
    package, _, rest = name.partition(".")
    noun = rest.partition(".")[0] if package in APPS else package
    return next((height for height, nouns in enumerate(LAYERS) if noun in nouns), None)


def _half(name: str) -> str:
    """The concrete cluster half ("simulator") that a module belongs to; "" for what all of them share."""
    return next((half for half in _HALVES if within(name, f"clusters.backends.{half}")), "")


def _hypervisor_half(name: str) -> bool:
    return within(name, "vms.backends") and name != "vms.backends"


def _loose_dataclass(decorator: ast.expr) -> bool:
    if ast.unparse(decorator) == "dataclass":
        return True
    if not isinstance(decorator, ast.Call) or ast.unparse(decorator.func) != "dataclass":
        return False
    given = {
        keyword.arg for keyword in decorator.keywords if isinstance(keyword.value, ast.Constant) and keyword.value.value
    }
    return not {"frozen", "slots"} <= given

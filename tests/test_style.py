"""The limits of taste, defended by a machine so that nobody has to argue about them (CONTRIBUTING.md)."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

from tests.source import EVERYTHING, PRODUCT, ROOT, Module, calls, functions, modules, templates

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
FRAGMENT_LINES_MAX = 120
VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"})
LEFT_BEHIND = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")
# Waiting for a clock makes a test slow and now and then wrong; only what drives real programs has no other way.
MAY_SLEEP = ("tests/browser", "tests/servers", "tests/lab", "tests/kill", "tests/live")
WAITING_CALLS = re.compile(
    r"(subprocess\.(run|check_output|check_call|call)|\w+\.communicate|asyncssh\.connect|connection\.run|urlopen)$"
)
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|color)\(")
VOID = frozenset("area base br col embed hr img input link meta source track wbr path circle line rect use".split())


def test_files_fit_in_the_head() -> None:
    sizes = {module.path: len(module.text.splitlines()) for module in modules(*EVERYTHING)}
    sizes |= {path: len(path.read_text(encoding="utf-8").splitlines()) for path in _own_static("*.css", "*.js")}
    assert not [f"{_place(path)}: {lines} lines" for path, lines in sizes.items() if lines > FILE_LINES_MAX]


def test_functions_fit_on_a_screen() -> None:
    assert not [
        f"{module.at(function)}: {function.name} has {lines} lines"
        for module in modules(*EVERYTHING)
        for function in functions(module)
        if (lines := (function.end_lineno or function.lineno) - function.lineno + 1) > FUNCTION_LINES_MAX
    ]


def test_modules_are_named_after_things() -> None:
    assert not [_place(module.path) for module in modules(*EVERYTHING) if module.path.stem in VAGUE_NAMES]


def test_modules_open_with_their_reason() -> None:
    assert not [
        _place(module.path)
        for module in modules(*EVERYTHING)
        if module.tree.body and not ast.get_docstring(module.tree)
    ]


def test_nothing_is_left_to_do() -> None:
    assert not [
        f"{_place(module.path)}:{number}: {line.strip()}"
        for module in modules(*EVERYTHING)
        for number, line in enumerate(module.text.splitlines(), start=1)
        if LEFT_BEHIND.search(line) and module.path != Path(__file__)
    ]


def test_no_test_waits_for_the_clock() -> None:
    assert not [
        module.at(call)
        for module in modules("tests")
        if not _place(module.path).startswith(MAY_SLEEP)
        for name, call in calls(module)
        if name.rpartition(".")[2] == "sleep" and ast.unparse(call) != "asyncio.sleep(0)"
    ]


def test_every_wait_for_another_program_is_bounded() -> None:
    assert not [
        f"{module.at(call)}: {name}"
        for module in modules(*EVERYTHING)
        for name, call in calls(module)
        if WAITING_CALLS.search(name)
        and not {"timeout", "connect_timeout", None} & {keyword.arg for keyword in call.keywords}
        and not _under_a_timeout(module, call)
    ]


def test_no_shell_is_ever_called() -> None:
    assert not [
        module.at(call)
        for module in modules(*EVERYTHING)
        for name, call in calls(module)
        if name in {"os.system", "os.popen", "subprocess.getoutput", "asyncio.create_subprocess_shell"}
        or any(keyword.arg == "shell" for keyword in call.keywords)
    ]


def test_names_of_the_cluster_are_never_trusted_as_html() -> None:
    offences = [
        f"{module.at(call)}: {name}"
        for module in modules(*PRODUCT)
        for name, call in calls(module)
        if name.rpartition(".")[2] in {"mark_safe", "SafeString"}
    ]
    offences += [_place(path) for path in templates() if re.search(r"\|\s*safe\b|autoescape\s+off", _text(path))]
    assert not offences


def test_templates_carry_no_inline_style_or_script() -> None:
    forbidden = {
        "an inline style": r"\sstyle\s*=|<style\b",
        "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)",
        "an event attribute": r"\s(?:hx-on|on[a-z]+)[:\w-]*\s*=",
        "an evaluated value": r"[\"']\s*js:|hx-vars|hx-trigger=[\"'][^\"']*\[",
        "something from elsewhere": r"(?:src|href)\s*=\s*[\"'](?:https?:)?//",
    }
    assert not [
        f"{_place(path)}:{number}: {what}: {line.strip()}"
        for path in templates()
        for number, line in enumerate(_text(path).splitlines(), start=1)
        for what, pattern in forbidden.items()
        if re.search(pattern, line)
    ]


def test_a_fragment_has_one_root_with_an_id() -> None:
    offences = []
    for path in _fragments():
        roots = Roots.of(_text(path))
        if len(roots) != 1 or "id" not in roots[0]:
            offences.append(f"{_place(path)}: {len(roots)} roots, with ids: {sum('id' in root for root in roots)}")
    assert not offences


def test_fragments_are_short() -> None:
    assert not [_place(path) for path in _fragments() if len(_text(path).splitlines()) > FRAGMENT_LINES_MAX]


def test_colours_are_named_in_one_place() -> None:
    assert not [
        f"{_place(path)}:{number}: {line.strip()}"
        for path in _own_static("*.css")
        if path.name != "tokens.css"
        for number, line in enumerate(_text(path).splitlines(), start=1)
        if COLOUR.search(re.sub(r"/\*.*?\*/|url\([^)]*\)|\[[^]]*\]", "", line))
    ]


def test_styles_and_scripts_load_nothing_from_elsewhere() -> None:
    assert not [
        _place(path)
        for path in _own_static("*.css", "*.js")
        if re.search(r"(?:url\(|@import|import|fetch\()\s*[\"'(]*\s*(?:https?:)?//", _text(path))
    ]


class Roots(HTMLParser):
    """Collects the elements of a fragment that lie in no other, each as its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.found: list[dict[str, str | None]] = []

    @classmethod
    def of(cls, text: str) -> list[dict[str, str | None]]:
        """The root elements of a template, its Django tags taken out."""
        parser = cls()
        parser.feed(re.sub(r"{%\s*comment.*?endcomment\s*%}|{[%#].*?[%#]}", "", text, flags=re.DOTALL))
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A root, when nothing is open."""
        if not self.depth:
            self.found.append(dict(attrs))
        self.depth += tag not in VOID

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A root that is closed at once."""
        if not self.depth:
            self.found.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        """One level up."""
        self.depth -= tag not in VOID


def _fragments() -> list[Path]:
    return [path for path in templates() if path.name.startswith("_")]


def _own_static(*patterns: str) -> list[Path]:
    found = (path for pattern in patterns for path in (ROOT / "static").rglob(pattern))
    return sorted(path for path in found if "vendor" not in path.parts)


def _under_a_timeout(module: Module, call: ast.Call) -> bool:
    """Whether the call stands inside `async with asyncio.timeout(…)` or is handed to `asyncio.wait_for`."""
    return any(
        call in ast.walk(node)
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.AsyncWith) and any("timeout" in ast.unparse(item.context_expr) for item in node.items))
        or (isinstance(node, ast.Call) and ast.unparse(node.func) == "asyncio.wait_for")
    )


def _place(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")

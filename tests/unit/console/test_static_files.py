import hashlib
import re
import tomllib
from importlib.resources import files

import pytest

from brightline.testing.console import SimulatedConsole
from tests.unit.console.visitor import Visitor

CONSOLE = files("brightline.console")
VENDORED = tomllib.loads(CONSOLE.joinpath("vendor.toml").read_text(encoding="utf-8"))["file"]
STATIC = {entry.name: entry.read_bytes() for entry in CONSOLE.joinpath("static").iterdir()}
OWN = sorted(set(STATIC) - {entry["path"].rpartition("/")[2] for entry in VENDORED})
TEMPLATES = {entry.name: entry.read_text(encoding="utf-8") for entry in CONSOLE.joinpath("templates").iterdir()}


@pytest.mark.parametrize("entry", VENDORED, ids=lambda entry: str(entry["name"]))
def test_a_vendored_file_is_the_one_that_is_listed(entry: dict[str, str]) -> None:
    content = CONSOLE.joinpath(entry["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert entry["version"] in content.decode()
    assert entry["licence"]
    assert entry["source"]


def test_what_is_not_ours_is_listed() -> None:
    assert sorted(name for name in STATIC if "min" not in name) == OWN
    assert "htmx.min.js" not in OWN


def test_own_scripts_are_small() -> None:
    sizes = {name: len(STATIC[name].splitlines()) for name in OWN if name.endswith("js")}
    assert max(sizes.values()) <= 200
    assert sum(sizes.values()) <= 1_000


@pytest.mark.parametrize("name", [name for name in OWN if name.endswith("js")])
def test_an_own_script_makes_no_markup_and_runs_no_text(name: str) -> None:
    text = STATIC[name].decode()
    for sink in (r"HTML\s*=", "insertAdjacentHTML", r"document\.write", r"\beval\(", r"Function\(", r"console\."):
        assert re.search(sink, text) is None


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_is_short_and_has_nothing_inline(name: str) -> None:
    text = TEMPLATES[name]
    assert len(text.splitlines()) <= 150
    for word in ("|safe", "| safe", " style=", " onclick", " onsubmit", "<style", "hx-on", "javascript:", "autoescape"):
        assert word not in text
    for part in text.split("<script")[1:]:
        assert part.partition(">")[2].startswith("</script>")


@pytest.mark.parametrize("name", [*sorted(STATIC), "verify_release.mjs"])
def test_a_file_is_served_to_everybody(console: SimulatedConsole, name: str) -> None:
    page = Visitor(console).get(f"/static/{name}")
    assert page.status == 200
    assert page.headers["x-content-type-options"] == "nosniff"
    kind = {"css": "text/css", "svg": "image/svg+xml"}.get(name.rpartition(".")[2], "text/javascript")
    assert page.headers["content-type"].startswith(kind)


@pytest.mark.parametrize("path", ["/static/none.js", "/static/..%2fapp.py", "/static/app.py", "/static/", "/static"])
def test_nothing_else_is_served(console: SimulatedConsole, path: str) -> None:
    assert Visitor(console).get(path).status == 404

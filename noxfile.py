"""All checks of the project, in one shared environment.

`nox` runs lint, types, arrows, tests, scenarios, browser, coverage and docs. Suites that need more (older SDKs, the
model's weights, a cut network) carry the tag `more`, which `.ci/run` selects too. `nox -s bench -- NAME` prints a
figure.
"""

import functools
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nox

nox.needs_version = ">=2025.5"
nox.options.sessions = [
    *("lint", "types", "arrows"),
    *("tests", "contracts", "proofs", "properties", "scenarios", "faults", "browser"),
    *("coverage", "docs"),
]

ROOT = Path(__file__).resolve().parent
# The one environment of all sessions; `BRIGHTLINE_ENV` names one that stands already and is used as it is.
GIVEN_ENV = os.environ.get("BRIGHTLINE_ENV")
SHARED_ENV = Path(GIVEN_ENV or ROOT / ".nox" / "shared").resolve()
UNDER_CI = os.environ.get("CI", "").lower() == "true"
LONGEST_SECONDS = 240.0  # no session may take longer under CI
TIMES = ROOT / ".nox" / "seconds.txt"
DATA = ROOT / ".nox" / "coverage"

# Debian's package for each tool that a suite calls and pip cannot bring.
SYSTEM_TOOLS = {
    "strace": "strace",
    "unshare": "util-linux",
    "ip": "iproute2",
    "nginx": "nginx-light",
    "chromium": "chromium",
    "node": "nodejs",
    "softhsm2-util": "softhsm2",
}
BENCH_TOOLS = {
    "offline": ("strace", "unshare", "ip"),
    "gateway-speed": ("nginx",),
    "browser-signoff": ("chromium", "node"),
    "signoff-mutations": ("node",),
}
# What the second verifier and smart cards are tested with.
SIGN_OFF_TOOLS = ("node", "softhsm2-util")

# What runs anywhere, without weights, older SDKs or root.
PLAIN = "not model and not sdk and not offline"

# Sessions of their own, so that no part takes too long.
POLICY_TESTS = "tests/unit/policy"
ELSEWHERE = ("tests/unit", "tests/properties", "tests/scenarios", "tests/faults", "tests/browser")

# Whose branch coverage counts.
COVERED = ("tests", "contracts", "proofs", "properties", "scenarios", "faults")

Check = Callable[[nox.Session], None]


def _python_session(*, tags: tuple[str, ...] = (), timed: bool = True) -> Callable[[Check], Check]:
    """A session in the shared environment; says how long it took, and fails under CI when that was too long."""

    def declare(check: Check) -> Check:
        @functools.wraps(check)
        def run(session: nox.Session) -> None:
            _prepare(session)
            began = time.monotonic()
            try:
                check(session)
            finally:
                seconds = time.monotonic() - began
                session.log(f"{check.__name__}: {seconds:.1f} s")
                _note_seconds(check.__name__, seconds)
            if timed and UNDER_CI and seconds > LONGEST_SECONDS:
                session.error(
                    f"{check.__name__} took {seconds:.0f} s, over the {LONGEST_SECONDS:.0f} s one session may take"
                )

        nox.session(venv_backend="none", tags=list(tags))(run)
        return check

    return declare


def _run(session: nox.Session, tool: str, *args: str, silent: bool = False, env: dict[str, str] | None = None) -> None:
    """Runs a tool of the shared environment, which stands first in PATH for what the tool starts itself."""
    path = f"{SHARED_ENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    session.run(str(SHARED_ENV / "bin" / tool), *args, silent=silent, env={"PATH": path, **(env or {})}, external=True)


def _prepare(session: nox.Session) -> None:
    """Makes the shared environment once; again only when what it is made from has changed."""
    if GIVEN_ENV:
        return
    sources = (ROOT / "pyproject.toml", ROOT / "constraints.txt")
    want = hashlib.sha256(b"".join(path.read_bytes() for path in sources) + sys.version.encode()).hexdigest()
    marker = SHARED_ENV / "made-from"
    if marker.is_file() and marker.read_text(encoding="ascii") == want:
        return
    began = time.monotonic()
    session.run(sys.executable, "-m", "venv", "--clear", str(SHARED_ENV), external=True)
    _run(session, "pip", "install", "-q", "--upgrade", "pip")
    _run(session, "pip", "install", "-q", "--require-hashes", "-r", "constraints.txt")
    _run(session, "pip", "install", "-q", "--no-deps", "--no-build-isolation", "-e", ".")
    _run(session, "pip", "check", silent=True)
    marker.write_text(want, encoding="ascii")
    _note_seconds("(shared environment)", time.monotonic() - began)


def _note_seconds(name: str, seconds: float) -> None:
    TIMES.parent.mkdir(exist_ok=True)
    with TIMES.open("a", encoding="utf-8") as times:
        times.write(f"{seconds:8.1f}  {name}\n")


def _system_tools(session: nox.Session, *names: str) -> None:
    """Installs missing system tools when root on Debian; else leaves it to the tests to skip and say why."""
    missing = sorted({SYSTEM_TOOLS[name] for name in names if shutil.which(name) is None})
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        session.warn(f"missing system packages: {', '.join(missing)}; tests that need them say so and are skipped")
        return
    session.run("apt-get", "update", "-qq", external=True)
    session.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing, external=True)


def _pytest(session: nox.Session, *args: str, part: str) -> None:
    """Runs pytest with branch coverage into this part's own data file."""
    DATA.mkdir(parents=True, exist_ok=True)
    for old in (DATA / part, *DATA.glob(f"{part}.*")):
        old.unlink(missing_ok=True)
    env = {"COVERAGE_FILE": str(DATA / part), "PYTHONHASHSEED": "0"}
    _run(session, "pytest", "--cov", "--cov-branch", "--cov-report=", *args, *session.posargs, env=env)


@_python_session()
def lint(session: nox.Session) -> None:
    """Ruff's rules and format, the sizes of the style guide, nothing local in the tree, news fragments well formed."""
    _run(session, "ruff", "check", ".")
    _run(session, "ruff", "format", "--check", ".")
    _run(session, "python", "tools/check_sizes.py")
    _run(session, "python", "tools/check_leaks.py")
    _run(session, "python", "tools/pin_constraints.py", "--check")
    _run(session, "towncrier", "build", "--draft", "--version", "next", silent=True)


@_python_session()
def types(session: nox.Session) -> None:
    """`mypy --strict` over the product, its public face as a user would call it, and the tools."""
    _run(session, "mypy")
    _run(session, "mypy", "tests/typing", "tools")


@_python_session()
def arrows(session: nox.Session) -> None:
    """Imports point down, every room is placed, and the verifier loads nothing but what an inspector reads."""
    _run(session, "lint-imports", "--no-logo", "--no-cache")
    _run(session, "python", "tools/check_isolation.py")


@_python_session()
def tests(session: nox.Session) -> None:
    """Unit tests, but for those of the policy room."""
    _system_tools(session, *SIGN_OFF_TOOLS)
    _pytest(session, "-n", "2", "tests/unit", f"--ignore={POLICY_TESTS}", "-m", PLAIN, part="tests")


@_python_session()
def contracts(session: nox.Session) -> None:
    """Contracts, vectors, the tests of the docs and of the benches: all that no other session runs."""
    _system_tools(session, *SIGN_OFF_TOOLS)
    elsewhere = [f"--ignore={folder}" for folder in ELSEWHERE]
    _pytest(session, "-n", "2", "tests", *elsewhere, "-m", PLAIN, part="contracts")


@_python_session()
def proofs(session: nox.Session) -> None:
    """The unit tests of the policy room, most of whose time goes to the solvers."""
    _pytest(session, "-n", "2", POLICY_TESTS, "-m", PLAIN, part="proofs")


@_python_session()
def properties(session: nox.Session) -> None:
    """What holds of whatever Hypothesis comes up with."""
    _pytest(session, "-n", "2", "tests/properties", "-m", PLAIN, part="properties")


@_python_session()
def scenarios(session: nox.Session) -> None:
    """Stories through a whole gateway."""
    _system_tools(session, *SIGN_OFF_TOOLS)
    # A file's stories stay in one worker: some share a gateway.
    _pytest(session, "tests/scenarios", "-n", "2", "--dist", "loadfile", "-m", PLAIN, part="scenarios")


@_python_session()
def faults(session: nox.Session) -> None:
    """Crashes, full disks, lost power, and whoever writes beside the gateway."""
    _system_tools(session, *SIGN_OFF_TOOLS)
    _pytest(session, "tests/faults", "-n", "2", "--dist", "loadfile", "-m", PLAIN, part="faults")


@_python_session()
def browser(session: nox.Session) -> None:
    """The console of a real house in Debian's chromium: WebAuthn approvals, accessibility, keyboard, no scripts."""
    _system_tools(session, "chromium", *SIGN_OFF_TOOLS)
    _run(session, "pytest", "tests/browser", "-n", "2", "--dist", "load", *session.posargs)


@_python_session()
def coverage(session: nox.Session) -> None:
    """Branch coverage of all tests but the browser's together, held against each room's bound."""
    env = {"COVERAGE_FILE": str(DATA / "all")}
    report = DATA / "all.json"
    parts = [str(DATA / name) for name in COVERED]
    _run(session, "coverage", "combine", "--keep", *parts, env=env, silent=True)
    _run(session, "coverage", "json", "-q", "-o", str(report), env=env)
    _run(session, "python", "tools/check_coverage.py", str(report))


@_python_session()
def docs(session: nox.Session) -> None:
    """The docs, every warning an error; built without a network, and to be read without one."""
    _run(session, "sphinx-build", "-W", "--keep-going", "-q", "-b", "html", "docs", "docs/_build/html")
    _run(session, "python", "tools/check_built_docs.py", "docs/_build/html")


@_python_session(tags=("more",))
def sdk(session: nox.Session) -> None:
    """Official SDKs on the real local model: the newest from the shared environment, older ones beside it."""
    _run(session, "brightline", "model", "pull")
    env = {"BRIGHTLINE_SDKS": str(ROOT / ".nox" / "sdk")}
    _run(session, "pytest", "-m", "sdk", "--durations=10", *session.posargs, env=env)


@_python_session(tags=("more",))
def model(session: nox.Session) -> None:
    """Whatever else asks the real local model."""
    _run(session, "brightline", "model", "pull")
    _run(session, "pytest", "-m", "model and not sdk", *session.posargs)


@_python_session(timed=False)
def wheelhouse(session: nox.Session) -> None:
    """Makes `wheelhouse/`: all that a machine without a network needs to install, run, verify and read the docs."""
    docs_folder = ROOT / "docs" / "_build" / "html"
    _run(session, "sphinx-build", "-W", "-q", "-b", "html", "docs", str(docs_folder))
    _run(session, "python", "tools/make_wheelhouse.py", "--docs", str(docs_folder), *session.posargs)


@_python_session(tags=("more",))
def offline(session: nox.Session) -> None:
    """Installs from the wheelhouse, tells the demo and verifies, with the network cut and every socket watched."""
    _system_tools(session, *BENCH_TOOLS["offline"])
    _run(session, "pytest", "-m", "offline", *session.posargs)


@_python_session(timed=False)
def bench(session: nox.Session) -> None:
    """`nox -s bench -- NAME` prints one figure; without a name, the list of them."""
    for name, tools in BENCH_TOOLS.items():
        if name in session.posargs or "all" in session.posargs:
            _system_tools(session, *tools)
    _run(session, "python", "-m", "tests.benchmarks", *session.posargs)


@_python_session(timed=False)
def pin(session: nox.Session) -> None:
    """Writes `constraints.txt` anew from what the registry offers today."""
    _run(session, "python", "tools/pin_constraints.py", *session.posargs)

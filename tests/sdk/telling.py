"""How a story of an SDK is told: step by step, each checked where the SDK's own classes are, the result as JSON.

Runs in the SDK's environment, so it imports the standard library only.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from importlib.metadata import version

URL = os.environ.get("BRIGHTLINE_URL", "")
KEY = os.environ.get("BRIGHTLINE_KEY", "")
MODEL_SECONDS = 60.0
# Long enough that nobody who leaves after a few words leaves after the end.
LONG = "Write a very long story about a lighthouse keeper and the sea."
WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}

Step = Callable[[], Mapping[str, object] | None]


class Told(Exception):  # noqa: N818 (what a step found wrong)
    """A step saw something else than it should."""


def check(holds: object, seen: object) -> None:
    """Go on if `holds`; raises `Told` with what was `seen`."""
    if not holds:
        raise Told(repr(seen)[:500])


def raised(kind: type[Exception], call: Callable[[], object]) -> Exception:
    """The exception of exactly `kind` that `call` raises; raises `Told`."""
    try:
        answer = call()
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is what is asked about
        check(type(error) is kind, f"{type(error).__name__} instead of {kind.__name__}: {error}")
        return error
    raise Told(f"{kind.__name__} was not raised but {answer!r} returned"[:500])


def refused(kind: type[Exception], call: Callable[[], object], *, status: int, code: str) -> None:
    """`call` raises the SDK's `kind` for HTTP `status`, and its body carries our `code`; raises `Told`."""
    error = raised(kind, call)
    body = getattr(error, "body", None)
    check(getattr(error, "status_code", None) == status, f"{error}")
    inner = body.get("error", body) if isinstance(body, dict) else {}
    check(inner.get("brightline", {}).get("code") == code, body)
    check(code in str(error), str(error))
    response = getattr(error, "response", None)
    check(response is not None and getattr(error, "request_id", None), "no request id")


def intent_of(headers: Mapping[str, str]) -> dict[str, object]:
    """The index of the entry that an answer's receipt names; raises `Told`."""
    words = headers.get("brightline-receipt", "").split(" ")
    check(len(words) == 3 and len(words[2]) == 64, dict(headers))
    return {"intent": int(words[1])}


def tell(package: str, steps: Mapping[str, Step]) -> None:
    """Run every step and print `{"package", "version", "python_path", "steps": {name: {"ok", ...}}}`."""
    results: dict[str, Mapping[str, object]] = {}
    for name, step in steps.items():
        try:
            results[name] = {"ok": True, **(step() or {})}
        except Exception as error:  # noqa: BLE001 - the story's outer edge: the step failed, the next is told
            where = traceback.extract_tb(error.__traceback__)[1:2]
            results[name] = {"ok": False, "why": f"{type(error).__name__}: {error}"[:800], "where": str(where)}
    found = getattr(sys.modules[package], "__file__", None)
    print(json.dumps({"package": package, "version": version(package), "file": found, "steps": results}))

"""Tells people that an action waits for them: a POST to an address of the operator's, with a link and nothing else.

    {"notice": "held", "hold": …, "risk": …, "roles": […], "until_ms": …, "link": …}

INVARIANT: a notice holds no contents and decides nothing; of what comes back the status alone is read.
INVARIANT: telling never delays nor refuses a use. A lost notice loses nothing: what waits stands in the inbox.
"""

import http.client
import json
import queue
import ssl
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from brightline.domain.sign_off.binding import ActionBinding
from brightline.gateway.errors import SettingsError

MOST_WAITING = 256
TRIES = 3
SECONDS = 5.0
_PAUSE_SECONDS = 2.0
# Sends the body to the address and returns the status; raises `OSError` or `HTTPException`.
Post = Callable[[str, bytes], int]


class Notices:
    """Notices on their way to `url`, sent by a thread of their own; silent without one.

    `origin` is the console's, for links; `failed` is told of each notice that could not be delivered.
    """

    def __init__(
        self,
        url: str,
        *,
        origin: str,
        failed: Callable[[str], None],
        post: Post,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url
        self._origin = origin.rstrip("/")
        self._failed = failed
        self._post = post
        self._pause = pause
        self._waiting: queue.Queue[bytes] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None

    def held(self, binding: ActionBinding) -> None:
        """Tell that `binding` waits; returns at once."""
        if not self._url:
            return
        try:
            self._waiting.put_nowait(json.dumps(_notice(binding, self._origin)).encode())
        except queue.Full:
            self._failed("too many notices wait")
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._send_all, name="notices", daemon=True)
            self._thread.start()

    def _send_all(self) -> None:
        while True:
            self.send(self._waiting.get())

    def send(self, notice: bytes) -> None:
        """Deliver `notice`, or say after some tries that it could not be."""
        why = ""
        for attempt in range(TRIES):
            if attempt:
                self._pause(_PAUSE_SECONDS)
            try:
                status = self._post(self._url, notice)
            except (OSError, http.client.HTTPException) as error:
                why = type(error).__name__
                continue
            if 200 <= status < 300:
                return
            why = f"it answered {status}"
        self._failed(why)


def check_url(url: str, *, path: str) -> None:
    """Check that `url` is one that notices can go to; raises `SettingsError` with the settings' `path`."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        good = False
    if not good:
        why = "`notify_url` must be an `https://` or `http://` address without a name or password"
        raise SettingsError("gateway/settings-invalid", path=path, why=why)


def post(url: str, body: bytes) -> int:
    """POST `body` as JSON to `url`, follow nothing, and return the status."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, parts.port, timeout=SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=SECONDS)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body=body, headers={"content-type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


def _notice(binding: ActionBinding, origin: str) -> dict[str, object]:
    roles = {rule.role for rule in binding.rules}
    return {
        "notice": "held",
        "hold": binding.hold,
        "risk": binding.risk,
        "roles": sorted(roles),
        "until_ms": binding.not_after_ms,
        "link": f"{origin}/holds/{binding.hold}" if origin else "",
    }

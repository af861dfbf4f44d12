"""A visitor without a browser: sends requests into the console, keeps cookies, and fills in the forms of a page."""

import asyncio
import html
import re
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from starlette.types import Message

from brightline.testing.console import SimulatedConsole

TOKEN = re.compile(r'name="token" value="([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class Page:
    """What came back; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def place(self) -> str:
        return self.headers.get("location", "")

    @property
    def code(self) -> str:
        """The code of the refusal that the page tells."""
        found = re.search(r"Code: <code>([a-z/-]+)</code>", self.text)
        return found[1] if found else ""

    def value(self, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        return html.unescape(found[1]) if found else ""


class Visitor:
    """Somebody at the console's pages."""

    def __init__(self, console: SimulatedConsole) -> None:
        self.console = console
        self.cookies: dict[str, str] = {}
        self.token = ""

    def get(self, path: str, **headers: str) -> Page:
        """Open a page."""
        return self._remember(self._ask("GET", path, b"", headers))

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Page:
        """Send a form, with the token of the last page unless the fields say another."""
        body = urlencode({"token": self.token, **(fields or {})}).encode()
        kind = {"content-type": "application/x-www-form-urlencoded", "origin": self.console.origin}
        return self._remember(self._ask("POST", path, body, {**kind, **headers}))

    def upload(self, path: str, content: bytes, field: str = "statement") -> Page:
        """Send a file in the field `field`."""
        parts = [b'Content-Disposition: form-data; name="token"\r\n\r\n' + self.token.encode()]
        head = f'Content-Disposition: form-data; name="{field}"; filename="s.json"\r\n\r\n'
        parts.append(head.encode() + content)
        body = b"".join(b"--bound\r\n" + part + b"\r\n" for part in parts) + b"--bound--\r\n"
        kind = {"content-type": "multipart/form-data; boundary=bound", "origin": self.console.origin}
        return self._remember(self._ask("POST", path, body, kind))

    def sign_in(self, key: str) -> Page:
        """Sign in with a Brightline key."""
        self.get("/sign-in")
        done = self.post("/sign-in/key", {"key": key})
        self.get("/")
        return done

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Page:
        """Any request."""
        return self._ask(method, path, body, headers)

    def _remember(self, page: Page) -> Page:
        found = TOKEN.search(page.text)
        if found:
            self.token = found[1]
        return page

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Page:
        path, _, query = path.partition("?")
        pairs = {"host": self.console.config.netloc, "content-length": str(len(body)), **headers}
        if self.cookies:
            pairs["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "scheme": "http",
            "root_path": "",
            "server": None,
            "client": ("10.0.0.1", 1),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in pairs.items()],
        }
        sent = asyncio.run(_exchange(self.console, scope, body))
        head = {name.decode(): value.decode() for name, value in sent[0]["headers"] if name != b"set-cookie"}
        for name, value in sent[0]["headers"]:
            if name == b"set-cookie":
                self._keep(value.decode())
        return Page(sent[0]["status"], head, b"".join(message.get("body", b"") for message in sent[1:]))

    def _keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            assert morsel["httponly"], line
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                assert morsel["samesite"] == "strict", line
                self.cookies[name] = morsel.value


async def _exchange(console: SimulatedConsole, scope: dict[str, object], body: bytes) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        sent.append(message)

    await console.app(scope, receive, send)
    return sent

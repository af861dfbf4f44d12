"""A plain HTTP client for the story: what an official SDK sends, with the standard library only."""

import http.client
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call was refused; each reason has the texts `policy`, `layer`, `text` and `hint`."""

    code: str
    message: str
    reasons: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer; `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def refusal(self) -> Refusal:
        """What the dialect's error object says; empty texts where the body holds none."""
        try:
            error = json.loads(self.body)["error"]
            code, message = str(error["code"]), str(error["message"])
        except (ValueError, KeyError, TypeError):
            return Refusal("", "", ())
        own = error.get("brightline")
        reasons = own.get("reasons") if isinstance(own, dict) else None
        rows = [row for row in reasons if isinstance(row, dict)] if isinstance(reasons, list) else []
        return Refusal(code, message, tuple({str(name): str(value) for name, value in row.items()} for row in rows))


class Client:
    """Calls one gateway on the loopback with one key."""

    def __init__(self, host: str, port: int, key: str) -> None:
        self._host, self._port, self._key = host, port, key

    def ready(self) -> bool:
        """Whether the gateway says that it is ready."""
        try:
            return self._whole("GET", "/readyz", b"").status == 200
        except (OSError, http.client.HTTPException):
            return False

    def chat(self, model: str, text: str, *, tools: Sequence[Mapping[str, object]] = ()) -> Reply:
        """One chat completion, whole."""
        return self._whole("POST", "/v1/chat/completions", _body(model, text, tools=tools, stream=False))

    def with_key(self, key: str) -> "Client":
        """A client of the same gateway, with another key."""
        return Client(self._host, self._port, key)

    def ask(self, body: Mapping[str, object], claims: Mapping[str, str] | None = None) -> Reply:
        """One chat completion as a program words it, whole; `claims` are headers about the caller."""
        return self._whole("POST", "/v1/chat/completions", json.dumps(body).encode(), claims)

    def release(self, hold: str) -> Reply:
        """The release of a hold that people have signed."""
        return self._whole("GET", f"/brightline/holds/{hold}/release", b"")

    def receipt(self, data: bytes) -> Reply:
        """Hand in what an effector says that it did."""
        return self._whole("POST", "/brightline/receipts", data)

    def stream(self, model: str, text: str) -> tuple[Reply, Iterator[str]]:
        """One chat completion, streamed: its head, and its text piece by piece."""
        connection = self._connect()
        body = _body(model, text, tools=(), stream=True)
        connection.request("POST", "/v1/chat/completions", body=body, headers=self._headers())
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        if response.status != 200:
            reply = Reply(response.status, headers, response.read())
            connection.close()
            return reply, iter(())
        return Reply(response.status, headers, b""), _pieces(connection, response)

    def _whole(self, method: str, path: str, body: bytes, claims: Mapping[str, str] | None = None) -> Reply:
        connection = self._connect()
        try:
            connection.request(method, path, body=body or None, headers={**self._headers(), **(claims or {})})
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, headers, response.read())
        finally:
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._host, self._port, timeout=_SECONDS)

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._key}", "content-type": "application/json"}


def _body(model: str, text: str, *, tools: Sequence[Mapping[str, object]], stream: bool) -> bytes:
    body: dict[str, object] = {
        "model": model,
        "messages": [{"role": "user", "content": text}],
        "max_tokens": 48,
        "temperature": 0,
    }
    if tools:
        body["tools"] = list(tools)
    if stream:
        body["stream"] = True
    return json.dumps(body).encode()


def _pieces(connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> Iterator[str]:
    """The text of a stream of server-sent events; ends at `[DONE]`, raises `ValueError` when it breaks off before."""
    try:
        for line in response:
            data = line.removeprefix(b"data: ").strip()
            if data == b"[DONE]":
                return
            if line.startswith(b"data: "):
                yield _text_of(data)
        raise ValueError("the stream ended without its last event")
    finally:
        connection.close()


def _text_of(data: bytes) -> str:
    event = json.loads(data)
    choices = event.get("choices") if isinstance(event, dict) else None
    if not choices:
        if isinstance(event, dict) and "error" in event:
            raise ValueError("the stream ended with an error event")
        return ""
    text = choices[0].get("delta", {}).get("content")
    return text if isinstance(text, str) else ""

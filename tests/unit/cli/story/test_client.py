import http.server
import json
import threading

import pytest

from brightline.cli.story.client import Client, Reply


@pytest.fixture
def server():
    state = {"status": 200, "body": b"", "seen": []}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            state["seen"].append((self.headers["authorization"], json.loads(body)))
            self.answer()

        def answer(self) -> None:
            self.send_response(state["status"])
            self.send_header("Brightline-Receipt", "o 1 ab")
            self.send_header("content-length", str(len(state["body"])))
            self.end_headers()
            self.wfile.write(state["body"])

        def log_message(self, *words) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        state["client"] = Client("127.0.0.1", made.server_port, "k")
        yield state
        made.shutdown()
        thread.join()


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": 1}', b'{"error": {"code": "x"}}'])
def test_a_body_that_is_no_refusal_gives_empty_texts(body) -> None:
    refusal = Reply(403, {}, body).refusal()
    assert (refusal.code, refusal.message, refusal.reasons) == ("", "", ())


def test_a_refusal_with_its_reasons() -> None:
    error = {"code": "c", "message": "m", "brightline": {"reasons": [{"policy": "p", "layer": "law"}, 1]}}
    assert Reply(403, {}, json.dumps({"error": error}).encode()).refusal().reasons == ({"policy": "p", "layer": "law"},)
    error["brightline"] = {}
    assert Reply(403, {}, json.dumps({"error": error}).encode()).refusal().reasons == ()


def test_nobody_there_is_not_ready() -> None:
    assert not Client("127.0.0.1", 1, "k").ready()


def test_asks_as_an_sdk_does(server) -> None:
    client = server["client"]
    assert client.ready()
    server["status"] = 503
    assert not client.ready()
    reply = client.chat("m", "hello", tools=[{"type": "function"}])
    assert reply.status == 503
    assert server["seen"][0][0] == "Bearer k"
    assert server["seen"][0][1]["tools"] == [{"type": "function"}]
    refused, pieces = client.stream("m", "x")
    assert (refused.status, list(pieces)) == (503, [])


def test_a_stream_in_pieces(server) -> None:
    events = [{"choices": [{"delta": {"content": "a"}}]}, {"choices": []}, {"choices": [{"delta": {}}]}]
    whole = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events) + b": ping\n\n"
    server["body"] = whole + b"data: [DONE]\n\n"
    reply, pieces = server["client"].stream("m", "x")
    assert reply.headers["brightline-receipt"] == "o 1 ab"
    assert list(pieces) == ["a", "", ""]
    server["body"] = whole
    with pytest.raises(ValueError, match="without its last event"):
        list(server["client"].stream("m", "x")[1])
    server["body"] = b'data: {"error": {}}\n\n'
    with pytest.raises(ValueError, match="error event"):
        list(server["client"].stream("m", "x")[1])

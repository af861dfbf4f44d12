import json
from pathlib import Path

import pytest

from brightline.policy.errors import PolicyError
from brightline.policy.written import (
    MAX_REQUEST_BYTES,
    WrittenRequest,
    lines_in,
    read_object,
    read_request,
    read_request_file,
    read_requests,
)

REQUEST = WrittenRequest(("Unit", "o/u"), ("Action", "generate"), ("Deployment", "d"), {"fact": {"tools": ["a"]}})


def refused(text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        read_request(text, file="f", line=7)
    assert caught.value.code == "policy/bad-request-file"
    return str(caught.value.words["place"]) + " " + str(caught.value.words["why"])


def test_refuses_what_is_no_request() -> None:
    assert refused("{").startswith("f:7:2")
    assert "expected an object" in refused("[]")
    assert "`principal` must be" in refused("{}")
    assert "longer than" in refused(" " * (MAX_REQUEST_BYTES + 1))
    written = REQUEST.as_json()
    assert "`context` must be an object" in refused(json.dumps({**written, "context": []}))
    assert "`action` must be" in refused(json.dumps({**written, "action": {"type": "A", "id": "b", "more": 1}}))
    assert refused(json.dumps({**written, "extra": 1})).endswith("`extra` does not belong to a request")
    assert "stands twice" in refused('{"principal": 1, "principal": 2}')


def test_reads_what_it_writes_and_passes_over_the_chart_beside_it() -> None:
    assert read_request(REQUEST.text(), file="f") == REQUEST
    assert read_request(json.dumps({**REQUEST.as_json(), "entities": []}), file="f") == REQUEST
    assert read_object('{"a": [1, {"b": null}]}', file="f") == {"a": [1, {"b": None}]}


def test_reads_a_file_line_by_line(tmp_path: Path) -> None:
    line = json.dumps(REQUEST.as_json())
    path = tmp_path / "many.jsonl"
    path.write_text(f"\n{line}\r\n\n{line}", encoding="utf-8")
    assert list(read_requests(path)) == [(2, REQUEST), (4, REQUEST)]
    path.write_text(f"{line}\nnothing\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"many.jsonl:2:1"):
        list(read_requests(path))


def test_a_json_file_holds_one(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(REQUEST.text(), encoding="utf-8")
    assert read_request_file(path) == REQUEST
    assert list(read_requests(path)) == [(1, REQUEST)]


def test_a_file_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("a\nb\nc\n", encoding="utf-8")
    monkeypatch.setattr("brightline.policy.written.MAX_REQUESTS", 2)
    with pytest.raises(PolicyError, match="more than 2 lines"):
        list(lines_in(path))
    path.write_text("a\nb\n", encoding="utf-8")
    assert [number for number, _ in lines_in(path)] == [1, 2]
    path.write_text("x" * (MAX_REQUEST_BYTES + 10), encoding="utf-8")
    assert len(next(lines_in(path))[1]) == MAX_REQUEST_BYTES + 2

"""Logs say what happened, never what was said."""

import io
import json
from datetime import UTC, datetime

from brightline.gateway.logs import Level, Log, stderr_log


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_the_fixed_fields() -> None:
    stream = io.StringIO()
    log = Log(stream, now=lambda: datetime(2026, 1, 1, tzinfo=UTC)).bind(enclave="demo")
    log.info("started", port=8080)
    assert lines(stream) == [
        {"time": "2026-01-01T00:00:00.000+00:00", "level": "info", "event": "started", "enclave": "demo", "port": 8080}
    ]


def test_less_than_the_level_is_not_said() -> None:
    stream = io.StringIO()
    log = Log(stream)
    log.debug("nothing")
    log.warning("something")
    log.error("worse")
    assert [line["level"] for line in lines(stream)] == ["warning", "error"]


def test_a_fault_is_logged_without_its_message() -> None:
    stream = io.StringIO()
    try:
        raise ValueError("canary-secret")
    except ValueError as error:
        Log(stream).fault("use-fault", error)
    assert "canary-secret" not in stream.getvalue()
    assert lines(stream)[0]["type"] == "ValueError"
    assert str(lines(stream)[0]["place"]).startswith("test_logs.py:")


def test_a_fault_without_a_place_is_logged_too() -> None:
    stream = io.StringIO()
    Log(stream).fault("use-fault", ValueError())
    assert lines(stream)[0]["place"] == "unknown"


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    stream = io.StringIO()
    stream.close()
    Log(stream).info("started")


def test_the_served_log_goes_to_stderr() -> None:
    assert stderr_log().level is Level.INFO

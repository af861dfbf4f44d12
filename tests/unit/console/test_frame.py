import pytest
from jinja2 import UndefinedError

from brightline.console.frame import Frame, Lines, duration, escape, left, lines_of, moment
from brightline.console.ports import Inbox, Row
from brightline.domain.sign_off.rendering import shown

SCRIPT = "<script>alert('x')</script>\u202e\x00"


def rows(what: str) -> str:
    row = Row(hold="0" * 32, what=what, audience="a", requester="r", risk="top", expires_ms=60_000, voted=False)
    return Frame(marking="m").page("_rows.html", {"inbox": Inbox(rows=(row,), page=0, more=False, now_ms=0)})


def test_no_text_becomes_markup_or_turns_the_reader_around() -> None:
    page = rows(SCRIPT)
    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\\u{202E}\\u{0}" in page


def test_a_template_that_knows_no_value_fails() -> None:
    with pytest.raises(UndefinedError):
        Frame(marking="m").page("_rows.html", {})


def test_text_is_escaped_as_the_rendering_does_it_but_for_quotes() -> None:
    assert escape('say "no"') == 'say "no"'
    assert escape('\\" \\u{41}') == '\\\\" \\\\u{41}'
    assert escape("\u0430") == shown("\u0430")[1:-1]


def test_lines_stay_lines() -> None:
    assert lines_of("one\ntw\x1bo\n") == "one\ntw\\u{1B}o\n"
    assert isinstance(lines_of(""), Lines)


def test_times_are_said_in_words() -> None:
    assert moment(0) == "1970-01-01 00:00:00 UTC"
    assert [left(ms, 0) for ms in (-1, 999, 59_000, 61_000, 3_661_000)] == [
        "expired",
        "expired",
        "59 s",
        "1 min 1 s",
        "1 h 1 min",
    ]


def test_a_duration_is_told_in_the_greatest_unit_that_fits() -> None:
    assert [duration(seconds) for seconds in (2_592_000, 7200, 5400, 61)] == ["30 d", "2 h", "90 min", "61 s"]

"""The faulty line and the mark under it."""

import pytest

from brightline.cli.faulty_line import fault_lines, faulty_line
from brightline.policy import Fault


def shown(text, line=1, column=1, hint="do this"):
    """The number, the line, the mark; without place and hint."""
    return fault_lines(Fault("a.cedar", line, column, "policy/x", "is wrong", hint), {"a.cedar": text})[1:-1]


@pytest.mark.parametrize(
    ("column", "mark"),
    [
        (1, "^^^^"),
        (8, "       ^^^^^^^^^^^^^^^^^^^^"),
        (32, "                               ^^^^^^^^^^"),
        (43, "                                          ^"),
        (99, "                                            ^"),
    ],
)
def test_the_mark_stands_under_the_word(column, mark):
    line = 'when { context.fact.mission == "reportin" };'
    first, second = shown(f"x\n{line}\ny", 2, column)
    assert first == f"     2 | {line}"
    if column < len(line):
        assert second == f"       | {mark}"


def test_a_long_line_is_cut_around_the_mark():
    line = "a " * 100 + "here" + " b" * 100
    first, second = shown(line, 1, 201)
    assert len(first) < 90
    assert first.index("here") == second.index("^")
    assert second.count("^") == 4
    assert first.count("…") == 2
    first, second = shown("here" + " b" * 100)
    assert first.startswith("     1 | here b")
    assert first.endswith("…")


def test_nothing_acts_on_the_terminal():
    first, second = shown("\ta\u202eb\x1b[31m here", 1, 11)
    assert "\u202e" not in first
    assert "\x1b" not in first
    assert first.index("here") == second.index("^")


@pytest.mark.parametrize(("line", "text"), [(0, "a"), (2, "a"), (1, "")])
def test_a_fault_without_a_line(line, text):
    assert shown(text, line) == []
    assert faulty_line(Fault("b", 1, 1, "c", "t"), {"a": "x"}) == ""


def test_the_next_step_comes_last():
    fault = Fault("a", 1, 1, "policy/x", "is wrong", "do this")
    assert fault_lines(fault, {"a": "text"}) == [
        "a:1:1: is wrong (policy/x)",
        "     1 | text",
        "       | ^^^^",
        "    next: do this",
    ]
    assert fault_lines(Fault("a", 1, 1, "policy/x", "is wrong"), {}) == ["a:1:1: is wrong (policy/x)"]

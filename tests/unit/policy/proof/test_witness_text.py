import pytest

from brightline.policy.proof import witness_text
from brightline.policy.proof.terms import matches
from brightline.policy.proof.witness_text import apart, example, implied

ANY = None


@pytest.mark.parametrize(
    ("matched", "unmatched"),
    [
        ([], []),
        ([("a", ANY)], []),
        ([("a", ANY), (ANY, "b")], [("a", ANY, "c", ANY)]),
        ([(ANY, "ab", ANY, "ba", ANY)], [("ab", ANY)]),
        ([], [(ANY, "e", ANY), (ANY, "s", ANY)]),
        ([(ANY, "abcdefghijklmnopqrstuvwxyz0123456789-_ ", ANY)], []),
    ],
)
def test_finds_a_string(matched: list, unmatched: list) -> None:
    found = example(matched, unmatched, [])
    assert found is not None
    assert all(matches(found, one) for one in matched)
    assert not any(matches(found, one) for one in unmatched)


def test_prefers_plain_words() -> None:
    assert example([], [], []) == "some-text"
    assert example([], [], ["some-text"]) == "some-text-2"


def test_avoids_what_is_taken() -> None:
    assert example([("a", ANY)], [], ["a", "aa"]) not in ("a", "aa", None)


def test_says_when_there_is_none() -> None:
    assert example([("a", ANY), ("b", ANY)], [], []) is None
    assert example([("a", ANY)], [("a", ANY)], []) is None


def test_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness_text, "MOST_STATES", 1)
    assert example([(ANY, "ab", ANY), (ANY, "ba", ANY)], [], []) is None
    assert not apart((ANY, "ab", ANY), (ANY, "ba", ANY))
    assert not implied((ANY, "ab", ANY), (ANY, "a", ANY))


def test_how_two_patterns_relate() -> None:
    assert apart(("a", ANY), ("b", ANY))
    assert apart((ANY, "a"), (ANY, "b"))
    assert apart(("ab", ANY, "x"), ("ab", ANY, "y"))
    assert apart(("a", ANY, "b"), ("acd",))
    assert not apart(("a", ANY), ("ab", ANY))
    assert implied(("ab", ANY), ("a", ANY))
    assert not implied(("a", ANY), ("ab", ANY))

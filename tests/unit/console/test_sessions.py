import itertools

from brightline.console import sessions as module
from brightline.console.config import CHALLENGE_MS, SESSION_HOURS
from brightline.console.sessions import Sessions


class Clock:
    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> int:
        return self.ms


def make() -> tuple[Sessions, Clock]:
    clock, numbers = Clock(), itertools.count(1)
    return Sessions(random=lambda n: next(numbers).to_bytes(n, "big"), clock_ms=clock), clock


def test_a_cookie_that_nobody_was_given_is_no_session() -> None:
    sessions, _ = make()
    assert sessions.find("") is None
    assert sessions.find("00" * 32) is None
    assert sessions.find("\udcff") is None


def test_a_session_ends_after_its_hours() -> None:
    sessions, clock = make()
    cookie, session = sessions.sign_in("", "alice")
    clock.ms += SESSION_HOURS * 3_600_000 - 1
    assert sessions.find(cookie) is session
    clock.ms += 1
    assert sessions.find(cookie) is None
    assert len(sessions) == 0


def test_signing_in_leaves_nothing_of_the_session_before() -> None:
    sessions, _ = make()
    planted, visitor = sessions.visit()
    cookie, session = sessions.sign_in(planted, "alice")
    assert sessions.find(planted) is None
    assert cookie != planted
    assert session.form_token != visitor.form_token
    sessions.sign_out(cookie)
    assert sessions.find(cookie) is None


def test_visitors_push_out_visitors_only() -> None:
    sessions, _ = make()
    cookie, session = sessions.sign_in("", "alice")
    first, _ = sessions.visit()
    for _ in range(module.MOST_VISITORS):
        sessions.visit()
    assert sessions.find(cookie) is session
    assert sessions.find(first) is None
    assert len(sessions) == module.MOST_VISITORS + 1


def test_a_challenge_is_answered_once_and_in_time() -> None:
    sessions, clock = make()
    _, session = sessions.visit()
    session.give(b"one", clock.ms)
    session.give(b"two", clock.ms)
    assert not session.take(b"three", clock.ms)
    assert session.take(b"one", clock.ms + CHALLENGE_MS)
    assert not session.take(b"one", clock.ms)
    assert not session.take(b"two", clock.ms + CHALLENGE_MS + 1)
    assert not session.take(b"two", clock.ms)


def test_challenges_and_what_was_shown_are_bounded() -> None:
    sessions, clock = make()
    _, session = sessions.visit()
    for number in range(1000):
        session.give(b"%d" % number, clock.ms)
        session.first_shown(f"{number}", clock.ms)
    assert len(session.challenges) == 16
    assert len(session.shown_ms) == 256
    assert not session.take(b"0", clock.ms)


def test_what_was_shown_first_stays_first() -> None:
    sessions, _ = make()
    _, session = sessions.visit()
    assert session.first_shown("hold", 10) == 10
    assert session.first_shown("hold", 20) == 10


def test_a_form_token_is_compared_whole() -> None:
    sessions, _ = make()
    _, session = sessions.visit()
    assert session.owns(session.form_token)
    assert not session.owns("")
    assert not session.owns(session.form_token[:-1])
    assert not session.owns("é")


def test_a_session_does_not_show_its_secrets() -> None:
    sessions, clock = make()
    _, session = sessions.sign_in("", "alice")
    session.give(b"secret", clock.ms)
    assert session.form_token not in repr(session)
    assert "secret" not in repr(session)

"""Taking a check out opens exactly that check, and only while it lasts."""

from pathlib import Path

import pytest

from tests.benchmarks.signoff_checks import gated_copy, javascript_checks, python_checks, taken_out
from tests.benchmarks.signoff_controls import Attempt, judge_python, look
from tests.releases.second_verifier import SecondVerifier
from tests.releases.table import ATTACKS, judge

EXPIRED = next(forged for name, _, forged in ATTACKS if name == "a clock moved forward")


def test_a_python_check_is_out_only_while_it_lasts() -> None:
    release, judged = EXPIRED.make()
    check = next(each for each in python_checks() if "effector/expired" in each.text)
    assert judge(release, judged) == "effector/expired"
    with taken_out(frozenset((check,))):
        assert judge(release, judged) is None
    assert judge(release, judged) == "effector/expired"


def test_a_python_check_comes_back_after_an_error() -> None:
    release, judged = EXPIRED.make()
    check = next(each for each in python_checks() if "effector/expired" in each.text)
    with pytest.raises(KeyError), taken_out(frozenset((check,))):
        raise KeyError
    assert judge(release, judged) == "effector/expired"


def test_a_javascript_check_is_passed_over_in_a_copy(tmp_path: Path) -> None:
    release, judged = EXPIRED.make()
    checks = javascript_checks()
    number = next(at for at, each in enumerate(checks) if "effector/expired" in each.text)
    with SecondVerifier(gated_copy(tmp_path)) as gated, SecondVerifier() as whole:
        told = gated.ask("verify", release=release, judged=judged, out=[])
        assert (told["code"], told["fired"]) == ("effector/expired", [number])
        assert gated.ask("verify", release=release, judged=judged, out=[number])["code"] is None
        assert gated.ask("verify", release=release, judged=judged, out=[])["code"] == "effector/expired"
        assert whole.verify(release, judged) == "effector/expired"


def test_every_code_of_the_effector_is_among_the_checks() -> None:
    text = " ".join(check.text for check in python_checks())
    assert {code for _, code, _ in ATTACKS if code not in text} == set()
    assert len(javascript_checks()) > 60


def test_a_check_that_nothing_asks_is_not_seen() -> None:
    attempt = Attempt(*EXPIRED.make())
    expired = next(each for each in python_checks() if "effector/expired" in each.text)
    other = next(each for each in python_checks() if "effector/not-yet" in each.text)
    seen = look((expired, other), [attempt], judge_python((expired, other)))
    assert (seen.alone, seen.unseen()) == ({expired}, [other])
    assert not seen.control("x").caught

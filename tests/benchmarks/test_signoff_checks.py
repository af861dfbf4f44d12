"""Taking a check out opens exactly that check, and only while it lasts."""

from pathlib import Path

import pytest

from tests.benchmarks.signoff_checks import javascript_checks, python_checks
from tests.benchmarks.signoff_mutations import LOOK_AT_EVERY
from tests.releases.second_verifier import SecondVerifier
from tests.releases.table import ATTACKS, judge

EXPIRED = next(forged for name, _, forged in ATTACKS if name == "a clock moved forward")


def test_a_python_check_is_out_only_while_it_lasts() -> None:
    release, judged = EXPIRED.make()
    check = next(each for each in python_checks() if "effector/expired" in each.text)
    assert judge(release, judged) == "effector/expired"
    with check.taken_out():
        assert judge(release, judged) is None
    assert judge(release, judged) == "effector/expired"


def test_a_python_check_comes_back_after_an_error() -> None:
    release, judged = EXPIRED.make()
    check = next(each for each in python_checks() if "effector/expired" in each.text)
    with pytest.raises(KeyError), check.taken_out():
        raise KeyError
    assert judge(release, judged) == "effector/expired"


def test_a_javascript_check_is_out_of_a_copy(tmp_path: Path) -> None:
    release, judged = EXPIRED.make()
    check = next(each for each in javascript_checks() if "effector/expired" in each.text)
    with SecondVerifier(check.copy_without(tmp_path)) as broken, SecondVerifier() as whole:
        assert broken.verify(release, judged) is None
        assert whole.verify(release, judged) == "effector/expired"


def test_every_code_of_the_effector_is_among_the_checks() -> None:
    text = " ".join(check.text for check in python_checks())
    assert {code for _, code, _ in ATTACKS if code not in text} == set()
    assert len(javascript_checks()) > 3 * LOOK_AT_EVERY

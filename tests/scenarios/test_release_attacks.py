"""Every attack on a release, each with one thing wrong, is refused by both verifiers with the code of that thing."""

from collections.abc import Iterator

import pytest

from tests.releases.forger import Forged
from tests.releases.ground import GOOD
from tests.releases.on_form import FORM
from tests.releases.second_verifier import SecondVerifier
from tests.releases.table import ATTACKS, judge


@pytest.fixture(scope="module")
def node() -> Iterator[SecondVerifier]:
    with SecondVerifier() as running:
        yield running


@pytest.mark.parametrize(("code", "forged"), [each[1:] for each in ATTACKS], ids=[name for name, _, _ in ATTACKS])
def test_refuses_the_attack_with_its_code(node: SecondVerifier, code: str, forged: Forged) -> None:
    release, judged = forged.make()
    assert (judge(release, judged), node.verify(release, judged)) == (code, code)


@pytest.mark.parametrize(("code", "forged"), [each[1:] for each in FORM], ids=[name for name, _, _ in FORM])
def test_refuses_what_two_readers_could_read_differently(node: SecondVerifier, code: str, forged: Forged) -> None:
    release, judged = forged.make()
    assert (judge(release, judged), node.verify(release, judged)) == (code, code)


@pytest.mark.parametrize("forged", [forged for _, forged in GOOD], ids=[name for name, _ in GOOD])
def test_takes_what_is_as_it_should_be(node: SecondVerifier, forged: Forged) -> None:
    release, judged = forged.make()
    assert (judge(release, judged), node.verify(release, judged)) == (None, None)

from pathlib import Path

import pytest

from brightline.domain.messages import screening, wire
from brightline.wire.errors import AnswerError, RequestError, TruncatedError, WireError

PAGES = Path(__file__).parents[3] / "docs" / "errors"


def test_the_tree_is_as_drawn():
    assert issubclass(TruncatedError, AnswerError)
    assert issubclass(AnswerError, WireError)
    assert issubclass(RequestError, WireError)
    assert TruncatedError().code == "wire/answer-truncated"


@pytest.mark.parametrize("code", [*wire.MESSAGES, *screening.MESSAGES])
def test_every_code_has_its_page(code):
    page = (PAGES / f"{code}.md").read_text()
    assert page.startswith(f"# {code}\n")
    assert f"\nStage: {code.partition('/')[0]}" in page


@pytest.mark.parametrize("code", wire.MESSAGES)
def test_the_callers_faults_are_4xx_and_the_providers_502(code):
    status = wire.MESSAGES[code].status
    assert status == 502 if code.startswith("wire/answer-") else status in (400, 413)

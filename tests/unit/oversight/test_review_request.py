"""What a reviewer is shown and signs: refusals first, and nothing leaves that could never count."""

from dataclasses import replace

import pytest

from brightline.crypto.signatures import sign
from brightline.domain.errors import BrightlineError
from brightline.domain.sign_off.canonical import canonical
from brightline.domain.sign_off.review import JUSTIFIED, NOT_JUSTIFIED
from brightline.domain.sign_off.statement import BREAK_GLASS, ShownLog
from brightline.oversight.review_request import Judgement, ReviewRequest, make_review, sign_review
from brightline.testing.sign_off import BERT, CLEO, DAY_MS, NOW_MS, Person, Scene, key_of, make_scene

SCENE = make_scene((BERT,))
BROKEN = SCENE.statement(BERT, BREAK_GLASS, reason="the dam \u202e is failing")
REQUEST = ReviewRequest(SCENE.binding, ShownLog("log.example", 7, bytes(32)), (BROKEN,))
FINE = Judgement(JUSTIFIED, "the gauge agrees")
DORA = Person("dora", roles=("auditor", "gardener"), serial=9)


def refused(work: object, *args: object, **named: object) -> str:
    with pytest.raises(BrightlineError) as caught:
        work(*args, **named)  # type: ignore[operator]
    return caught.value.code


def test_what_is_written_is_read() -> None:
    read = ReviewRequest.parse(REQUEST.canonical)
    assert (read.binding.digest, read.log, read.broken) == (SCENE.binding.digest, REQUEST.log, (BROKEN,))


def test_a_request_is_of_one_action_that_somebody_broke_the_glass_for() -> None:
    assert refused(ReviewRequest.parse, replace(REQUEST, broken=()).canonical) == "signoff/bad-field"
    other: Scene = make_scene((BERT,), nonce="0" * 32)
    assert refused(ReviewRequest.parse, replace(REQUEST, broken=(other.statements[0],)).canonical) == (
        "signoff/other-binding"
    )
    bare = {**REQUEST.to_json(), "format": "brightline/review-request/2"}
    assert refused(ReviewRequest.parse, canonical(bare)) == "signoff/bad-field"
    rendering = {**SCENE.binding.rendering.to_json(), "sha256": "0" * 64}
    lying = {**REQUEST.to_json(), "binding": {**SCENE.binding.to_json(), "rendering": rendering}}
    assert refused(ReviewRequest.parse, canonical(lying)) == "signoff/rendering-differs"


def test_nothing_that_deceives_is_shown_as_it_is() -> None:
    lines = list(REQUEST.shown())
    assert lines[0] == "brightline/rendering/1"
    assert f"digest     {SCENE.binding.digest.hex()}" == lines[-1]
    assert any(line.startswith("broken by  bert") and "\\u{202E}" in line for line in lines)
    assert "\u202e" not in "".join(lines)


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (BERT, "hold/own-review"),
        (replace(CLEO, name="requester-1"), "signoff/own-approval"),
        (replace(CLEO, name="owner-1"), "signoff/own-approval"),
        (replace(CLEO, roles=("policy-author",)), "signoff/policy-author"),
    ],
)
def test_whoever_is_part_of_it_makes_no_review(person: Person, code: str) -> None:
    assert refused(make_review, REQUEST, FINE, SCENE.assertion(person), now_ms=NOW_MS) == code


def test_an_assertion_that_does_not_hold_makes_no_review() -> None:
    held = SCENE.assertion(CLEO)
    assert refused(make_review, REQUEST, FINE, held, now_ms=NOW_MS - 2 * DAY_MS) == "signoff/assertion-not-yet"
    assert refused(make_review, REQUEST, FINE, held, now_ms=NOW_MS + DAY_MS) == "signoff/assertion-expired"


def test_a_role_is_one_of_his_and_words_are_said() -> None:
    held = SCENE.assertion(DORA)
    assert make_review(REQUEST, FINE, held, now_ms=NOW_MS).role == "auditor"
    assert make_review(REQUEST, replace(FINE, role="gardener"), held, now_ms=NOW_MS).role == "gardener"
    assert refused(make_review, REQUEST, replace(FINE, role="cook"), held, now_ms=NOW_MS) == "signoff/role"
    assert refused(make_review, REQUEST, replace(FINE, words=" "), held, now_ms=NOW_MS) == "signoff/bad-field"


def test_only_the_asserted_key_signs() -> None:
    held = SCENE.assertion(CLEO)
    review = make_review(REQUEST, Judgement(NOT_JUSTIFIED, "no need"), held, now_ms=NOW_MS)
    assert (review.verdict, review.log, review.binding) == (NOT_JUSTIFIED, REQUEST.log, SCENE.binding.digest.hex())
    other = key_of("somebody")
    assert refused(sign_review, review, held, lambda data: sign(other, data)) == "signoff/other-key"
    signed = sign_review(review, held, lambda data: sign(CLEO.key, data))
    assert (signed.review, signed.assertion) == (review, held)

"""Reviews: one form, one digest, and words in them."""

from dataclasses import replace

import pytest

from brightline.domain.sign_off.canonical import tagged
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.review import MAX_WORDS, NOT_JUSTIFIED, Review, SignedReview
from brightline.testing.sign_off import ANNA, BERT, make_scene

SCENE = make_scene((ANNA, BERT))
SIGNED = SCENE.review(ANNA)
REVIEW = SIGNED.review


def test_what_is_written_is_read() -> None:
    assert Review.parse(REVIEW.canonical) == REVIEW
    assert SignedReview.parse(SIGNED.canonical) == SIGNED
    assert SIGNED.digest == REVIEW.digest
    assert REVIEW.tagged == tagged("review", REVIEW.canonical)
    assert replace(REVIEW, verdict=NOT_JUSTIFIED).digest != REVIEW.digest


@pytest.mark.parametrize("words", ["", " ", " \t\r\n", "x" * (MAX_WORDS + 1)])
def test_a_review_says_something_and_not_too_much(words: str) -> None:
    with pytest.raises(SignOffError, match="signoff/bad-field"):
        Review.parse(replace(REVIEW, words=words).canonical)
    assert Review.parse(replace(REVIEW, words="x" * MAX_WORDS).canonical)

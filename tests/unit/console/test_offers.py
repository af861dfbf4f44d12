import base64

from brightline.console.offers import Offer
from brightline.console.ports import Passkey
from brightline.domain.sign_off.statement import ShownLog, Statement

STATEMENT = Statement(
    binding="0" * 64,
    decision="allow",
    person="alice",
    key="a" * 64,
    role="release-officer",
    rendering="1" * 64,
    log=ShownLog("log.example", 7, bytes(32)),
    assurance="webauthn-uv",
    own_machine=False,
    blind=True,
    evidence=(),
    dwell_ms=0,
    reason="seen",
    signed_at_ms=1,
)


def test_an_offer_is_the_words_of_one_passkey() -> None:
    offer = Offer.of(STATEMENT, Passkey("alice", "a" * 64, b"credential"))
    assert Statement.parse(base64.b64decode(offer.content)) == offer.said == STATEMENT
    assert (base64.b64decode(offer.credential), offer.key) == (b"credential", "a" * 64)
    assert offer.digest == STATEMENT.digest

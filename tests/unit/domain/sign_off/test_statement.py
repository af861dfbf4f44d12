"""Statements and their signatures: what the vectors cannot say."""

from brightline.domain.sign_off.statement import Signature, SignedStatement
from brightline.testing.sign_off import ANNA, BERT, make_scene


def test_a_statement_says_what_was_shown() -> None:
    scene = make_scene()
    statement = scene.unsigned(BERT)
    assert statement.binding == scene.binding.digest.hex()
    assert statement.rendering == scene.binding.rendered_digest
    assert (statement.log.size, statement.log.root) == (len(scene.whole_log.entries), scene.whole_log.root)


def test_what_is_signed_is_without_the_signature() -> None:
    signed = make_scene().statement(ANNA)
    assert SignedStatement.parse(signed.canonical) == signed
    assert signed.digest == signed.statement.digest
    assert b"signature" not in signed.statement.canonical


def test_an_algorithm_names_that_of_the_key() -> None:
    assert Signature("webauthn-es256", b"").key_algorithm == "ecdsa-p256"
    assert Signature("ed25519", b"").key_algorithm == "ed25519"

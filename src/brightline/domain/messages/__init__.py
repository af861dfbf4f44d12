"""The one catalogue of user-facing messages, keyed by error code; one file per stage."""

from collections.abc import Mapping

from brightline.domain.messages import (
    cli,
    console,
    crypto,
    effector,
    gateway,
    hold,
    identity,
    ledger,
    metering,
    policy,
    providers,
    screening,
    signoff,
    storage,
    use,
    wire,
)
from brightline.domain.messages.message import Message

__all__ = ["CATALOGUE", "Message", "message_for"]

CATALOGUE: Mapping[str, Message] = {
    **cli.MESSAGES,
    **console.MESSAGES,
    **crypto.MESSAGES,
    **effector.MESSAGES,
    **gateway.MESSAGES,
    **hold.MESSAGES,
    **identity.MESSAGES,
    **ledger.MESSAGES,
    **metering.MESSAGES,
    **policy.MESSAGES,
    **providers.MESSAGES,
    **screening.MESSAGES,
    **signoff.MESSAGES,
    **storage.MESSAGES,
    **use.MESSAGES,
    **wire.MESSAGES,
}


def message_for(code: str) -> Message:
    """The catalogue's entry for `code`; raises `KeyError` when nobody wrote one."""
    return CATALOGUE[code]

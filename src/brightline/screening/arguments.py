"""Reads what a proposed call would be given: one whole JSON object, in the one way in which it can be read."""

from brightline.domain.event import ProposedCall
from brightline.domain.sign_off.canonical import JsonObject, parse
from brightline.domain.sign_off.errors import SignOffError
from brightline.screening.errors import ScreeningError

MAX_ARGUMENT_BYTES = 1 << 20  # what can be signed is no larger


def read_arguments(call: ProposedCall) -> JsonObject:
    """The arguments of `call`; raises `ScreeningError` for a part of an object, or what two programs may read as two.

    Of a member of a toolset they are `input` and `tool`, since the toolset's name alone would not say what runs.
    """
    try:
        value = parse(call.arguments, limit=MAX_ARGUMENT_BYTES)
    except SignOffError as error:
        raise ScreeningError("screening/bad-arguments", tool=call.tool) from error
    if type(value) is not dict:
        raise ScreeningError("screening/bad-arguments", tool=call.tool)
    return {"input": value, "tool": call.member} if call.member else value

"""The exact action, as every page shows it on which somebody decides, signs or judges.

INVARIANT: all of it is made from the action's own bytes; the script of the ceremony makes it again and compares.
"""

import base64

from brightline.console.frame import Lines
from brightline.domain.sign_off.binding import ActionBinding
from brightline.domain.sign_off.statement import ShownLog


def describe(binding: ActionBinding) -> str:
    """A few words for an action, where the whole of it follows."""
    return binding.tool or f"call to {binding.model.model}"


def exact(binding: ActionBinding, log: ShownLog) -> dict[str, object]:
    """What `_exact.html` shows, and the bytes that the ceremony renders."""
    return {
        "what": describe(binding),
        "binding": binding,
        "log": log,
        "rendering": Lines(binding.rendered),
        "binding_digest": binding.digest.hex(),
        "binding_bytes": base64.b64encode(binding.canonical).decode("ascii"),
    }

"""What a person may sign: the same words once for each of his passkeys, of which he uses the one at hand.

What is signed names the key that signs it, so each passkey has words, and a challenge, of its own.
"""

import base64
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from brightline.console.ports import Passkey
from brightline.domain.sign_off.encoded import Digested

_Said = TypeVar("_Said", bound=Digested)


@dataclass(frozen=True, slots=True)
class Offer(Generic[_Said]):
    """Words that one passkey may sign; `key` and the bytes are as a page writes them."""

    said: _Said
    key: str
    content: str
    credential: str

    @classmethod
    def of(cls, said: _Said, passkey: Passkey) -> Self:
        """`said`, to be signed by `passkey`."""
        return cls(said, passkey.key, _encoded(said.canonical), _encoded(passkey.credential))

    @property
    def digest(self) -> bytes:
        """The challenge that the passkey answers."""
        return self.said.digest


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")

"""A machine's word on its own state, before people are asked: how it is given, and when it is taken.

It is asked with a nonce that is new each time, and signed by the key that signs the machine's receipts.
INVARIANT: pure but for what is handed in, and `domain` and `crypto` only: a machine runs `answer_state`.
LIMIT: whoever asks is not known to the machine, so whoever reaches it can have it say how it stands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from brightline.crypto.errors import CryptoError
from brightline.crypto.party_keys import PrivateKey, PublicKey
from brightline.crypto.signatures import sign, verify
from brightline.domain.sign_off.binding import Change
from brightline.domain.sign_off.canonical import JsonObject
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.state import EffectorState, SignedState, StateRequest
from brightline.oversight.errors import EffectorError
from brightline.oversight.hold_errors import HoldError

# As far as clocks may be apart for a release (`bundling.DEFAULT_SKEW_MS`): beyond it the machine would refuse that too.
MAX_SKEW_MS = 5_000


@dataclass(frozen=True, slots=True)
class Reading:
    """How a machine stands: what must still hold when it acts, and what the act would change of that."""

    preconditions: Mapping[str, str]
    diff: tuple[Change, ...] = ()


def answer_state(
    request: bytes,
    read: Callable[[str, JsonObject], Reading],
    *,
    audience: str,
    signer: PrivateKey,
    clock_ms: Callable[[], int],
) -> SignedState:
    """The machine's signed answer to `request`; `read` reads its state for a tool and its arguments.

    Raises `EffectorError`: `effector/bad-question` for what this machine is not asked, `effector/bad-reading` for a
    state that nobody would take.
    """
    try:
        asked = StateRequest.parse(request)
    except SignOffError as error:
        raise EffectorError("effector/bad-question", why=error.message) from error
    if asked.audience != audience:
        raise EffectorError("effector/bad-question", why="it is for another machine")
    # Before it is read: what is read is no older than it says.
    read_at_ms = clock_ms()
    reading = read(asked.tool, asked.arguments)
    state = EffectorState(audience, asked.digest.hex(), reading.preconditions, reading.diff, read_at_ms)
    signed = SignedState(state, signer.public.id, sign(signer, state.tagged))
    try:
        return SignedState.parse(signed.canonical)
    except SignOffError as error:
        raise EffectorError("effector/bad-reading", why=error.message) from error


def take_state(answer: bytes, asked: StateRequest, keys: Sequence[PublicKey], *, now_ms: int) -> EffectorState:
    """The state in a machine's `answer` to `asked`, signed by one of `keys`; raises `HoldError` (`hold/bad-state`)."""
    try:
        signed = SignedState.parse(answer)
    except SignOffError as error:
        raise _bad(asked, error.message) from error
    state = signed.state
    key = next((key for key in keys if key.id == signed.effector_key), None)
    if key is None:
        raise _bad(asked, "it is signed by a key that the settings do not name for this machine")
    try:
        verify(key, signed.signature, state.tagged)
    except CryptoError as error:
        raise _bad(asked, "its signature does not verify") from error
    if state.audience != asked.audience:
        raise _bad(asked, "it is of another machine")
    if state.request != asked.digest.hex():
        raise _bad(asked, "it answers another question")
    if abs(state.read_at_ms - now_ms) > MAX_SKEW_MS:
        raise _bad(asked, "it was read at another time than now, or a clock is wrong")
    return state


def _bad(asked: StateRequest, why: str) -> HoldError:
    return HoldError("hold/bad-state", audience=asked.audience, why=why)

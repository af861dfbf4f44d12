"""The public formats: bytes of OpenAI Chat Completions and Anthropic Messages in, domain values out, and back.

Each dialect is a package with `request.py`, `response.py`, `stream.py` and `errors.py`; `ports.py` says what all of
them can do. A request or an answer is read strictly, in one way only, and then travels on as the bytes it came as.

Face: `route`, `speaks`, `codec` -> `DialectCodec`, `StreamDecoder`, `Refusal`, `Route`, and the errors; `words_in` and
`spent_in` -> `Spent`, for what answers say and take.

INVARIANT: no sockets, no clock, no state between calls; a body passes byte for byte but for its top-level model name.
INVARIANT: what cannot be read in one way only (duplicate keys, unknown events, late tool names) raises.
LIMIT: the same dialect on both sides only; there is no translation yet.
"""

from brightline.wire.dialect import MODELS_PATH, ROUTES, codec, route, speaks
from brightline.wire.errors import AnswerError, RequestError, TruncatedError, WireError
from brightline.wire.ports import DialectCodec, HeaderPairs, Route, StreamDecoder
from brightline.wire.refusal import Refusal
from brightline.wire.usage import Spent, spent_in
from brightline.wire.words import words_in

__all__ = [
    "MODELS_PATH",
    "ROUTES",
    "AnswerError",
    "DialectCodec",
    "HeaderPairs",
    "Refusal",
    "RequestError",
    "Route",
    "Spent",
    "StreamDecoder",
    "TruncatedError",
    "WireError",
    "codec",
    "route",
    "speaks",
    "spent_in",
    "words_in",
]

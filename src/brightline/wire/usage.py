"""What a provider says that an answer took: tokens read and written, in either dialect.

Source: OpenAI API reference, `usage` of a chat completion and of the last chunk of a stream; Anthropic API reference,
`usage` of a message, of `message_start` and of `message_delta`, whose numbers are running totals.
"""

from typing import NamedTuple

import orjson

from brightline.wire.strict_json import Json

_DATA = b"data:"
_READ = ("prompt_tokens", "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_WRITTEN = ("completion_tokens", "output_tokens")
# More than any model's; a number beyond it is a mistake, and no reason to believe the rest.
_MOST = 10**9


class Spent(NamedTuple):
    """Tokens that an answer took."""

    read: int
    written: int


def spent_in(answer: bytes) -> Spent | None:
    """What `answer`, whole or streamed, says that it took; none where it does not say both numbers."""
    streamed = not answer.lstrip().startswith(b"{")
    rows = [line[len(_DATA) :] for line in answer.splitlines() if line.startswith(_DATA)] if streamed else [answer]
    read, written = list[int](), list[int]()
    for row in rows:
        if b'"usage"' in row:
            usage = _usage(row)
            said = [usage[name] for name in _READ if name in usage]
            if said:
                read.append(sum(said))
            written += [usage[name] for name in _WRITTEN if name in usage]
    return Spent(max(read), max(written)) if read and written else None


def _usage(row: bytes) -> dict[str, int]:
    try:
        value: Json = orjson.loads(row)
    except orjson.JSONDecodeError:
        return {}
    if type(value) is not dict:
        return {}
    holder = value if type(value.get("usage")) is dict else value.get("message")
    usage = holder.get("usage") if type(holder) is dict else None
    if type(usage) is not dict:
        return {}
    return {name: count for name, count in usage.items() if type(count) is int and 0 <= count <= _MOST}

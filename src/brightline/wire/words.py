"""The words of an answer, whole or in pieces, for whoever counts whom it names; both dialects name them alike."""

import orjson

from brightline.wire.strict_json import Json

_WORDS = frozenset({"content", "text", "refusal", "reasoning", "reasoning_content", "thinking"})
_DATA = b"data:"


def words_in(raw: bytes) -> str:
    """The words in `raw`, which is a whole answer or some events of a streamed one; what is no JSON has none.

    It was read strictly before: this only finds again what is there.
    """
    if not raw.lstrip().startswith(b"{"):
        lines = [line[len(_DATA) :] for line in raw.splitlines() if line.startswith(_DATA)]
        return "".join([_words(line) for line in lines])
    return _words(raw)


def _words(data: bytes) -> str:
    try:
        value: Json = orjson.loads(data)
    except orjson.JSONDecodeError:
        return ""
    found, waiting = list[str](), [value]
    while waiting:
        each = waiting.pop()
        if type(each) is dict:
            found += [said for name, said in each.items() if name in _WORDS and type(said) is str]
            waiting += reversed([child for child in each.values() if type(child) in (dict, list)])
        elif type(each) is list:
            waiting += reversed(each)
    return "".join(found)

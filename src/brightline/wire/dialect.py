"""Which dialect a path speaks, and the codec of each dialect."""

from collections.abc import Mapping
from types import MappingProxyType

from brightline.domain.call import Dialect, Operation
from brightline.wire.anthropic_messages import AnthropicMessages
from brightline.wire.errors import RequestError
from brightline.wire.openai_chat import OpenAIChat
from brightline.wire.ports import DialectCodec, Route

MODELS_PATH = "/v1/models"

ROUTES: Mapping[str, Route] = MappingProxyType(
    {
        "/v1/chat/completions": Route(Dialect.OPENAI_CHAT, Operation.GENERATE),
        "/v1/messages": Route(Dialect.ANTHROPIC_MESSAGES, Operation.GENERATE),
        "/v1/messages/count_tokens": Route(Dialect.ANTHROPIC_MESSAGES, Operation.COUNT_TOKENS),
    }
)
_CODECS: Mapping[Dialect, DialectCodec] = MappingProxyType(
    {Dialect.OPENAI_CHAT: OpenAIChat(), Dialect.ANTHROPIC_MESSAGES: AnthropicMessages()}
)
# The Anthropic SDK's beta methods add this query; the header `anthropic-beta` carries all of its meaning.
_BETA_QUERY = "beta=true"


def codec(dialect: Dialect) -> DialectCodec:
    """The codec of `dialect`."""
    return _CODECS[dialect]


def route(path: str, query: str = "") -> Route | None:
    """What `path` serves, or none; raises `RequestError` for a query that would be dropped in silence."""
    found = ROUTES.get(path)
    if found is not None and query and not (query == _BETA_QUERY and found.dialect is Dialect.ANTHROPIC_MESSAGES):
        raise RequestError("wire/unknown-query")
    return found


def speaks(path: str, headers: Mapping[str, str]) -> Dialect:
    """The dialect whose envelope a caller of `path` expects; of a path both share, `anthropic-version` tells."""
    found = ROUTES.get(path)
    if found is not None:
        return found.dialect
    return Dialect.ANTHROPIC_MESSAGES if "anthropic-version" in headers else Dialect.OPENAI_CHAT

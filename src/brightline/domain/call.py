"""A call as the caller made it: parsed once at the edge, never changed afterwards."""

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

FUNCTION = "function"  # the kind of a tool that is the caller's own
# Types with a meaning of the vendor's, whose calls come back for the caller to run (Anthropic API, client tools).
_CALLER_RUNS = ("bash_", "computer_", "memory_", "text_editor_")


class Dialect(Enum):
    """A public wire format."""

    OPENAI_CHAT = "openai-chat"
    ANTHROPIC_MESSAGES = "anthropic-messages"


class Operation(Enum):
    """What is asked of the model."""

    GENERATE = "generate"
    COUNT_TOKENS = "count-tokens"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the caller stated about itself; enters policy only as `context.claimed.*`."""

    mission: str | None = None
    purpose: str | None = None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class ToolOffer:
    """One tool the caller lets the model use.

    `kind` is `function` for the caller's own tools, else the dialect's type of a tool that the provider runs itself
    (for example `web_search_20250305`).
    """

    name: str
    kind: str = FUNCTION

    @property
    def runs_at_provider(self) -> bool:
        """Whether the provider runs the tool itself, so that nobody could hold back one of its acts."""
        return self.kind != FUNCTION and not self.kind.startswith(_CALLER_RUNS)


class PieceKind(Enum):
    """What a piece of a call's content is."""

    TEXT = "text"  # words of whoever speaks
    ARGUMENTS = "arguments"  # a call of a tool that was made before, as JSON text
    RESULT = "result"  # what a tool gave back
    BESIDE = "beside"  # definitions of tools, schemas and whatever else is no message, as JSON text
    OPAQUE = "opaque"  # an image, sound or document that nobody here reads


class Piece(NamedTuple):
    """One piece of a call's content, in order; `tool` and `call_id` are of the call of a tool that it belongs to."""

    kind: PieceKind
    text: str
    tool: str = ""
    call_id: str = ""

    def __repr__(self) -> str:
        return f"Piece({self.kind.value}, {len(self.text)} characters)"


@dataclass(frozen=True, slots=True)
class Call:
    """One call in one dialect.

    `body` is the client's body as received; `modalities` are of {`text`, `image`, `audio`, `document`, `unknown`};
    `remote_urls` tells that some content is a link the provider would fetch. `pieces` is all of its content;
    `answers` is how many answers it asks for, each of which may take `max_output_tokens`.
    """

    dialect: Dialect
    operation: Operation
    model: str
    stream: bool
    body: bytes = field(repr=False)
    tools: tuple[ToolOffer, ...] = ()
    modalities: frozenset[str] = frozenset({"text"})
    remote_urls: bool = False
    message_count: int = 0
    max_output_tokens: int | None = None
    answers: int = 1
    claimed: Claimed = Claimed()
    pieces: tuple[Piece, ...] = field(default=(), repr=False)

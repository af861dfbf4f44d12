"""Encodes the answer of `GET /v1/models` as Anthropic's clients read it (Anthropic API, list models)."""

from datetime import UTC, datetime

import orjson


def encode_models(names: tuple[str, ...], *, created_at_ms: int) -> bytes:
    """The one page that lists `names`, in their order."""
    created = datetime.fromtimestamp(created_at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    common = {"type": "model", "created_at": created, "lifecycle": "active"}
    rows = [{"id": name, "display_name": name, **common} for name in names]
    ends = {"first_id": names[0], "last_id": names[-1]} if names else {"first_id": None, "last_id": None}
    return orjson.dumps({"data": rows, "has_more": False, **ends})

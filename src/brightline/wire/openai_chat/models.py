"""Encodes the answer of `GET /v1/models` as OpenAI's clients read it (OpenAI API reference, list models)."""

import orjson


def encode_models(names: tuple[str, ...], *, created_at_ms: int) -> bytes:
    """The list of `names`, in their order."""
    created = created_at_ms // 1000
    rows = [{"id": name, "object": "model", "created": created, "owned_by": "brightline"} for name in names]
    return orjson.dumps({"object": "list", "data": rows})

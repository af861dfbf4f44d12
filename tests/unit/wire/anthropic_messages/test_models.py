import json

from anthropic.types import ModelInfo

from brightline.wire.anthropic_messages.models import encode_models


def test_no_model_is_an_empty_page():
    page = json.loads(encode_models((), created_at_ms=0))
    assert page == {"data": [], "has_more": False, "first_id": None, "last_id": None}


def test_models_keep_their_order_and_are_read_by_the_official_types():
    page = json.loads(encode_models(("b", "a"), created_at_ms=1_795_305_600_999))
    models = [ModelInfo.model_validate(row) for row in page["data"]]
    assert [model.id for model in models] == [page["first_id"], page["last_id"]] == ["b", "a"]
    assert models[0].created_at.isoformat() == "2026-11-22T00:00:00+00:00"

import json

from openai.types import Model

from brightline.wire.openai_chat.models import encode_models


def test_no_model_is_an_empty_list():
    assert json.loads(encode_models((), created_at_ms=0)) == {"object": "list", "data": []}


def test_models_keep_their_order_and_are_read_by_the_official_types():
    rows = json.loads(encode_models(("b", "a"), created_at_ms=1_795_305_600_999))["data"]
    models = [Model.model_validate(row) for row in rows]
    assert [model.id for model in models] == ["b", "a"]
    assert {model.created for model in models} == {1_795_305_600}

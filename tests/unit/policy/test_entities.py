"""The store of entities."""

import pytest

from brightline.policy.entities import record_of, store_of, value_of
from brightline.policy.values import Decimal, EvaluationError, Truth


def entity(name, parents=(), attrs=None, **more):
    return {
        "uid": {"type": "U", "id": name},
        "parents": [{"type": "U", "id": parent} for parent in parents],
        "attrs": attrs or {},
        **more,
    }


def test_ancestors_reach_through_all_parents():
    store = store_of([entity("a", ["b", "c"]), entity("b", ["d"]), entity("c", ["d"]), entity("d")])
    assert {uid[1] for uid in store.handle(("U", "a")).within} == {"a", "b", "c", "d"}


def test_attributes_may_name_entities_listed_later():
    store = store_of(
        [entity("a", attrs={"friend": {"__entity": {"type": "U", "id": "b"}}}), entity("b", tags={"t": 1})]
    )
    friend = store.handle(("U", "a"))["friend"]
    assert friend is store.handle(("U", "b"))
    assert friend.tags == {"t": 1}


def test_a_store_makes_one_handle_for_one_uid():
    store = store_of([entity("a", attrs={"gone": {"__entity": {"type": "U", "id": "x"}}})])
    assert store.handle(("U", "a")) is store.handle(("U", "a"))
    assert store.handle(("U", "x")) is store.handle(("U", "x"))
    assert store.handle(("U", "x")) is store.handle(("U", "a"))["gone"]


def test_an_absent_entity():
    handle = store_of([]).handle(("U", "x"))
    assert handle.attributes is None
    assert handle.within == {("U", "x")}


def test_values():
    store = store_of([])
    assert value_of({"__extn": {"fn": "decimal", "arg": "1.0"}}, store) == Decimal(10_000)
    assert value_of([1, True, {"a": 1}], store) >= {1, Truth.TRUE}
    assert value_of({"a": {"b": "c"}}, store) == {"a": {"b": "c"}}
    assert record_of([], store) == {}
    with pytest.raises(EvaluationError):
        value_of({"__extn": {"fn": "ip", "arg": "x"}}, store)
    with pytest.raises(TypeError):
        value_of(None, store)


def test_parents_of_an_unknown_form_are_none():
    [handle] = store_of([{"uid": {"type": "U", "id": "a"}, "attrs": {}, "parents": None}]).handles.values()
    assert handle.within == {("U", "a")}

"""From a use to what Cedar decides on: the shape is the schema's, exactly."""

import json

import pytest

from brightline.domain.agreement import Deployment
from brightline.domain.call import Claimed, Dialect, Operation
from brightline.domain.principal import Principal
from brightline.domain.use import ToolEffect
from brightline.policy.closed_sets import CLOSED_SETS
from brightline.policy.draft import own_schema, read_draft
from brightline.policy.entities import store_of
from brightline.policy.errors import PolicyError
from brightline.policy.request import Requests, closed_entities, entities_of

SCHEMA = json.loads(own_schema())[""]


@pytest.fixture
def requests(directory):
    manifest = read_draft(directory())[0].manifest
    return Requests(store_of([*closed_entities(), *entities_of(manifest)]), manifest, "field")


def test_the_facts_are_those_of_the_schema(requests, a_use):
    shape = SCHEMA["commonTypes"]["Context"]["attributes"]
    use = a_use(max_output_tokens=5, claimed=Claimed("m", "p", "a"))
    context = requests.request(use, use.deployment).context
    assert set(context) == set(shape)
    assert set(context["fact"]) == set(shape["fact"]["attributes"])
    assert set(context["claimed"]) == set(shape["claimed"]["attributes"])


def test_what_is_not_stated_is_not_there(requests, a_use):
    context = requests.request(a_use(), a_use().deployment).context
    assert context["claimed"] == {}
    assert "max_output_tokens" not in context["fact"]


def test_the_closed_sets_are_those_of_the_schema():
    types = SCHEMA["entityTypes"]
    assert types["Dialect"]["enum"] == [dialect.value for dialect in Dialect]
    closed = {(item["uid"]["type"], item["uid"]["id"]) for item in closed_entities()}
    assert {("Action", name) for name in SCHEMA["actions"]} == {uid for uid in closed if uid[0] == "Action"}
    for kind in (*CLOSED_SETS, "Dialect"):
        assert {name for of_kind, name in closed if of_kind == kind} == set(types[kind]["enum"])


def test_who_does_what_to_which(requests, a_use):
    use = a_use(operation=Operation.COUNT_TOKENS)
    request = requests.request(use, use.deployment)
    assert request.principal.uid == ("Unit", "org/unit")
    assert ("Organisation", "org") in request.principal.within
    assert request.action.uid == ("Action", "count_tokens")
    assert ("Action", "call") in request.action.within
    assert request.resource["vendor"] == "Vendor"
    assert ("Enclave", "field") in request.resource.within
    assert ("Enclave", "bare") not in request.resource.within


def test_what_is_absent(requests, a_use):
    stranger = Principal("k", "p", "org", "elsewhere", frozenset(), "app", frozenset(), None)
    assert requests.request(a_use(principal=stranger), a_use().deployment) is None
    nowhere = Deployment("nowhere", "Vendor", "m", frozenset())
    assert requests.request(a_use(), nowhere) is None


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"tools": (ToolEffect("t", "harmless"),)}, "effects"),
        ({"tools": (ToolEffect("t", "read", frozenset({"gossip"})),)}, "data_origins"),
        ({"tools": (ToolEffect("t", "read", subjects=frozenset({"martian"})),)}, "subjects"),
        ({"tools": (ToolEffect("t", "read", activities=frozenset({"daydream"})),)}, "activities"),
        ({"modalities": frozenset({"smell"})}, "modalities"),
        ({"max_output_tokens": 2**63}, "max_output_tokens"),
    ],
)
def test_a_fact_without_a_place(requests, a_use, change, name):
    with pytest.raises(PolicyError) as caught:
        requests.request(a_use(**change), a_use().deployment)
    assert caught.value.code == "policy/unusable-fact"
    assert name in caught.value.message


def ids(values):
    return {value.uid for value in values}


def test_what_the_tools_do_together(requests, a_use):
    tools = (
        ToolEffect("a", "read", frozenset({"public"}), frozenset({"foreign"}), frozenset()),
        ToolEffect("b", "surveil", frozenset({"public", "commercial"}), frozenset({"domestic"}), frozenset({"track"})),
    )
    fact = requests.request(a_use(tools=tools), a_use().deployment).context["fact"]
    assert fact["tools"] == {"a", "b"}
    assert ids(fact["effects"]) == {("Effect", "read"), ("Effect", "surveil")}
    assert ids(fact["data_origins"]) == {("DataOrigin", "public"), ("DataOrigin", "commercial")}
    assert ids(fact["subjects"]) == {("Subject", "foreign"), ("Subject", "domestic")}
    assert ids(fact["activities"]) == {("Activity", "track")}


def test_a_tool_that_nobody_registered_is_unknown_throughout(requests, a_use):
    fact = requests.request(a_use(tools=(ToolEffect("t", "unknown"),)), a_use().deployment).context["fact"]
    assert ids(fact["effects"] | fact["data_origins"] | fact["subjects"] | fact["activities"]) == {
        (kind, "unknown") for kind in ("Effect", "DataOrigin", "Subject", "Activity")
    }


def test_an_act_says_so(requests, a_use):
    def acting(use):
        return requests.request(use, use.deployment).context["fact"]["acting"]

    assert acting(a_use(acting=True)) is True
    assert acting(a_use()) is False


def test_what_the_registers_say(requests, a_use):
    fact = requests.request(a_use(), a_use().deployment).context["fact"]
    assert fact["purpose"].uid == ("Purpose", "general")
    assert (fact["individual_basis"], fact["constrained"]) == (False, True)
    assert fact["agency"].uid == ("Agency", "defence")
    assert fact["location"].uid == ("Location", "edge")


def test_a_mission_that_nobody_listed(requests, a_use):
    fact = requests.request(a_use(mission="other"), a_use().deployment).context["fact"]
    assert fact["purpose"].uid == ("Purpose", "unknown")
    assert (fact["individual_basis"], fact["constrained"]) == (False, False)

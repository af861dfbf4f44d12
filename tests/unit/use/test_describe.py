"""From a call to a use."""

from brightline.domain.agreement import Deployment
from brightline.domain.call import Call, Claimed, Dialect, Operation, ToolOffer
from brightline.domain.principal import Principal
from brightline.domain.use import ToolEffect
from brightline.use import describe, describe_action

WHO = Principal("k1", "person", "org", "unit", frozenset({"r"}), "app", frozenset({"m"}), "m")
WHERE = Deployment("one", "Vendor", "model-one", frozenset({Dialect.OPENAI_CHAT}))


def described(**changes):
    call = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "any", True, b"12345", **changes)
    register = {
        "search": ToolEffect("search", "read", frozenset({"public"}), frozenset(), frozenset()),
        "web_search_20250305": ToolEffect("web_search_20250305", "communicate"),
    }
    return describe(
        call,
        use_id=bytes(range(16)),
        principal=WHO,
        mission="m",
        deployment=WHERE,
        effect_of=lambda tool: register.get(tool) or ToolEffect(tool, "unknown"),
    )


def test_every_fact_of_the_call():
    use = described(modalities=frozenset({"image"}), remote_urls=True, message_count=3, max_output_tokens=7)
    assert (use.use_id, use.principal, use.mission, use.deployment) == (bytes(range(16)), WHO, "m", WHERE)
    assert (use.dialect, use.operation, use.stream) == (Dialect.OPENAI_CHAT, Operation.GENERATE, True)
    assert (use.modalities, use.remote_urls) == (frozenset({"image"}), True)
    assert (use.input_bytes, use.message_count, use.max_output_tokens) == (5, 3, 7)


def test_a_tool_nobody_registered_is_unknown():
    use = described(tools=(ToolOffer("search"), ToolOffer("mystery"), ToolOffer("web_search_20250305", "web_search")))
    assert use.tools == (
        ToolEffect("search", "read", frozenset({"public"}), frozenset(), frozenset()),
        ToolEffect("mystery", "unknown"),
        ToolEffect("web_search_20250305", "communicate"),
    )
    assert use.effects == {"read", "unknown", "communicate"}


def test_what_is_claimed_stays_claimed():
    claimed = Claimed("another", "purpose", "order")
    use = described(claimed=claimed)
    assert use.claimed is claimed
    assert use.mission == "m"


def test_an_act_is_of_one_tool_and_of_nothing_else_that_was_offered():
    use = described(tools=(ToolOffer("search"), ToolOffer("mystery")))
    valve = ToolEffect("set_valve", "control", frozenset(), frozenset(), frozenset(), "valve-7.example")
    act = describe_action(use, valve)
    assert (use.acting, act.acting) == (False, True)
    assert act.tools == (valve,)
    assert act.effects == {"control"}
    assert (act.use_id, act.principal, act.mission, act.input_bytes) == (use.use_id, WHO, "m", 5)

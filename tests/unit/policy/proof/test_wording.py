import pytest

from brightline.policy.proof.wording import described, told, value_in_words
from brightline.policy.typical import Deviation
from brightline.policy.written import WrittenRequest


def members(kind: str, *names: str) -> list[object]:
    return [{"__entity": {"type": kind, "id": name}} for name in names]


def asked(action: str = "generate", **fact: object) -> WrittenRequest:
    context = {"fact": {"mission": "m", "tools": [], **fact}}
    return WrittenRequest(("Unit", "org/unit"), ("Action", action), ("Deployment", "one"), context)


def test_nothing_chosen_still_says_who_and_for_what() -> None:
    assert told(asked(), ()) == "a caller of unit `org/unit` asks the model to generate, in mission `m`"
    assert "asks for `fly`" in told(asked("fly"), ())
    assert told(asked(mission=None), ()).endswith("generate")


def test_what_a_tool_reads_and_does() -> None:
    fact = {
        "effects": members("Effect", "surveil"),
        "data_origins": members("DataOrigin", "commercial"),
        "subjects": members("Subject", "domestic", "foreign"),
        "activities": members("Activity", "monitor"),
    }
    words = told(asked(**fact), ())
    assert (
        "and offers a tool with the effect `surveil` that reads commercially acquired data about domestic persons and "
        "foreign persons and can monitor people, in mission `m`" in words
    )
    assert "offers the tool `look` with" in told(asked(tools=["look"], **fact), ())
    assert "offers a tool with" in told(asked(tools=["some-tool"], **fact), ())
    only = told(asked(activities=members("Activity", "track", "dance")), ())
    assert "offers a tool that can `dance` and track people" in only
    assert "that reads data about `martian` persons" in told(asked(subjects=members("Subject", "martian")), ())
    assert "with the effects `read` and `write`" in told(asked(effects=members("Effect", "write", "read")), ())


def test_an_act_is_told_as_one() -> None:
    chosen = (Deviation("context.fact.acting", True, False),)
    assert " and is about to run a tool, in mission" in told(asked(acting=True), chosen)
    named = told(asked(acting=True, tools=["fire"], effects=members("Effect", "kinetic")), chosen)
    assert " and is about to run the tool `fire` with the effect `kinetic`, in mission `m`" in named
    assert "about to" not in told(asked(acting=False), ())
    not_acting = told(asked(acting=False, tools=["fire"]), (Deviation("context.fact.acting", False, True),))
    assert not_acting.endswith(" offers the tool `fire`, in mission `m`, where no tool is about to run")


def test_what_else_was_chosen() -> None:
    chosen = (
        Deviation("resource", "one", "two"),
        Deviation("context.fact.purpose", None, None),
        Deviation("context.fact.stream", True, False),
        Deviation("context.fact.app", "x", "app"),
        Deviation("context.claimed.authority", "w", None),
    )
    words = told(asked(purpose={"__entity": {"type": "Purpose", "id": "training"}}), chosen)
    assert words == (
        "a caller of unit `org/unit` asks the model to generate of deployment `one`, in mission `m` with the purpose "
        "`training`, where the answer is streamed, `context.fact.app` is `x` and `context.claimed.authority` is `w`"
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "true"),
        (False, "false"),
        (3, "`3`"),
        (None, "absent"),
        ([], "empty"),
        ({"__extn": {"fn": "decimal", "arg": "1.0"}}, "`1.0`"),
        ({"a": 1}, "{a: `1`}"),
    ],
)
def test_values(value: object, words: str) -> None:
    assert value_in_words(value) == words


def test_attributes() -> None:
    assert described("context.fact.remote_urls", False) == "the content holds no link to fetch"
    assert described("context.fact.max_output_tokens", None) == "`context.fact.max_output_tokens` is not there"
    assert described("context.meter.people_each", 7) == "the meter `people_each` reads 7"

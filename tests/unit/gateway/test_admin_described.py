"""A record that is described again says what it says, or is found out; and opening it is an entry of the ledger."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from brightline.domain.description import TextDescription
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind
from brightline.domain.record import Group
from brightline.gateway import records as records_module
from brightline.gateway.records import label_for, said_of
from brightline.testing.house import PATHS, Gateway, house_agreement, tell
from brightline.testing.parties import Signed
from brightline.use import describing

ASKED = "Watch her phone and tell me each night where she was and whom she met."
SHORT = "And in the week before?"
UNREAD = "qzxv kjwq zzxp vvkq jxqz wqkz xjvq pzkx qvjz kxwq"
BODY: Mapping[str, object] = {"model": "sim-echo", "messages": [{"role": "user", "content": ASKED}], "max_tokens": 64}
RESPONSES = {"model": "sim-echo", "input": ASKED}


def agreed() -> Signed:
    return house_agreement(members={"describer": {"digest": describing().digest, "apps": {}}})


def last(gateway: Gateway, kind: Kind) -> int:
    return max(index for index, leaf in enumerate(gateway.leaves()) if leaf.kind is kind)


async def ask(gateway: Gateway, dialect: str = "openai", **more: object) -> None:
    body = {**(RESPONSES if "responses" in PATHS[dialect] else BODY), **more}
    assert (await gateway.ask("POST", PATHS[dialect], json.dumps(body).encode())).status == 200


async def refused(gateway: Gateway, index: int) -> str:
    size = len(gateway.leaves())
    with pytest.raises(BrightlineError) as caught:
        await gateway.command("uses.describe", index=index)
    assert len(gateway.leaves()) == size  # nothing was opened
    return caught.value.code


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", sorted(PATHS))
def test_a_call_and_its_answer_are_found_as_recorded(tmp_path: Path, dialect: str, *, stream: bool) -> None:
    async def story(gateway: Gateway) -> None:
        await ask(gateway, dialect, stream=stream)
        for kind, name in ((Kind.INTENT, "intent"), (Kind.OUTCOME, "outcome")):
            at = last(gateway, kind)
            found = await gateway.command("uses.describe", index=at)
            assert (found["entry"], found["kind"], found["differing"]) == (at, name, [])
            assert found["recorded"] == found["again"]
            assert found["words"]
        asked = await gateway.command("uses.describe", index=last(gateway, Kind.INTENT))
        assert asked["again"] == said_of(describing().describe(ASKED))

    tell(tmp_path, story, signed=agreed())


def test_that_a_record_was_opened_is_an_entry(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        await ask(gateway)
        at = last(gateway, Kind.INTENT)
        opening = (await gateway.command("uses.describe", index=at))["opening"]
        assert opening == last(gateway, Kind.OPENING)
        sealed = gateway.sealed(last(gateway, Kind.OPENING))
        assert json.loads(sealed[Group.CONTENT]) == {"act": "describe-again", "entry": at}
        assert json.loads(sealed[Group.WHO])["by"]

    tell(tmp_path, story, signed=agreed())


def test_turns_are_read_as_they_were_and_what_is_unread_stays_so(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        for texts in ((ASKED, SHORT), (ASKED, UNREAD)):
            await ask(gateway, messages=[{"role": "user", "content": text} for text in texts])
            found = await gateway.command("uses.describe", index=last(gateway, Kind.INTENT))
            assert found["differing"] == []
        assert found["again"]["state"] == "unknown"  # type: ignore[index]
        assert found["words"] == []

    tell(tmp_path, story, signed=agreed())


def test_a_refused_call_is_described_again_too(tmp_path: Path) -> None:
    forbidding = house_agreement(
        files={
            "law/none.cedar": b'@id("none") @reason("none") @hint("none") @clause("t") @source("test")\n'
            b"forbid (principal, action, resource);"
        },
        members={"describer": {"digest": describing().digest, "apps": {}}},
    )

    async def story(gateway: Gateway) -> None:
        assert (await gateway.ask("POST", PATHS["openai"], json.dumps(BODY).encode())).status == 403
        found = await gateway.command("uses.describe", index=last(gateway, Kind.REFUSAL))
        assert (found["kind"], found["differing"]) == ("refusal", [])

    tell(tmp_path, story, signed=forbidding)


def _lying(found: TextDescription) -> dict[str, object]:
    return {**said_of(found), "attention": -9_000, "leaf": "work.office_software"}


def test_a_record_that_says_something_else_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_module, "said_of", _lying)

    async def story(gateway: Gateway) -> None:
        await ask(gateway)
        for kind in (Kind.INTENT, Kind.OUTCOME):
            found = await gateway.command("uses.describe", index=last(gateway, kind))
            assert found["differing"] == ["attention", "leaf"]

    tell(tmp_path, story, signed=agreed())


def test_a_leaf_that_says_something_else_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_module, "label_for", lambda described: label_for(described) + 1)

    async def story(gateway: Gateway) -> None:
        await ask(gateway)
        found = await gateway.command("uses.describe", index=last(gateway, Kind.INTENT))
        assert found["differing"] == ["label"]

    tell(tmp_path, story, signed=agreed())


def test_another_describer_cannot_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_module, "said_of", lambda found: {**said_of(found), "describer": "0" * 64})

    async def story(gateway: Gateway) -> None:
        await ask(gateway)
        assert await refused(gateway, last(gateway, Kind.INTENT)) == "use/other-describer"

    tell(tmp_path, story, signed=agreed())


def test_what_was_not_described_is_not_opened(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        await ask(gateway)
        others = [index for index, leaf in enumerate(gateway.leaves()) if leaf.kind is not Kind.METER]
        for index in (*others, len(gateway.leaves()), -1):
            assert await refused(gateway, index) == "gateway/nothing-described"

    tell(tmp_path, story, signed=house_agreement())

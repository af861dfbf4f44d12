"""Under each pack, one act that a model proposes waits once, for one set of signatures: not for its offer as well."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from brightline.domain.leaf import Kind, Verdict
from brightline.domain.sign_off.canonical import JsonObject
from brightline.domain.sign_off.statement import ALLOW
from brightline.packs import agreement_around, packs
from brightline.testing.house import ENCLAVE, house_agreement
from brightline.testing.parties import Signed, next_version, parties_in, write_files
from tests import officers
from tests.officers import OFFICER, Staffed, tell

LAYERS = ("law/", "operator/", "redlines/", "vendor/")
MARCH, LINES, BILL = "defence-clause-2026-03-02", "red-lines-2026-02-26", "s-4113"
# A tool that the pack lets people sign for, the mission in which they must, and who asks.
POLICE, FIELD = "law-enforcement", "military-operation"
WATCHED = [
    ("defence-clause-2026-02-28", "fire", FIELD),
    ("defence-clause-2026-02-28", "follow_by_post", POLICE),
    (MARCH, "fire", FIELD),
    (MARCH, "follow_by_post", POLICE),
    (LINES, "fire", FIELD),
    (BILL, "fire", FIELD),
    ("eu-prohibited", "match_faces_live", POLICE),
    ("domestic-surveillance", "follow_by_records", POLICE),
    ("weapons-signoff", "fire", FIELD),
]
TOGETHER = (MARCH, BILL, "weapons-signoff")


@pytest.fixture(autouse=True)
def arranged(monkeypatch: pytest.MonkeyPatch) -> None:
    """No solver looks at these versions, nobody signs while the first request waits, and the model calls our tools."""
    monkeypatch.setattr("brightline.gateway.house.installed_prover", lambda: None)
    for room in ("acting", "holding"):
        monkeypatch.setattr(f"brightline.gateway.{room}.wait_seconds", lambda decision: 0.01)
    given: Mapping[str, JsonObject] = {tool: {"place": "north"} for _, tool, _ in WATCHED}
    monkeypatch.setattr(officers, "GIVEN", given)


def version_with(names: tuple[str, ...], purpose: str, *, offers: bool = False) -> Signed:
    """The next version of a house's agreement, with the layers of the packs; their parameter, the role, is ours.

    With `offers`, what the packs say of acts they say of offers too, as they once did.
    """
    first = house_agreement()
    files = {path: text for path, text in first.files.items() if not path.startswith(LAYERS)}
    around = agreement_around(*names)
    for path, content in around.items():
        if path.startswith(LAYERS):
            text = re.sub('@hold\\("[a-z-]+, 1"\\)', f'@hold("{OFFICER}, 1")', content.decode())
            files[path] = (text.replace("context.fact.acting &&", "") if offers else text).encode()
    files["effectors.json"] = around["effectors.json"]
    manifest = json.loads(files["manifest.json"])
    deployments = [{**deployment, "location": "cloud"} for deployment in manifest["deployments"]]
    basis = {"individual_basis": True, "constrained": True}
    missions = [{**mission, "purpose": purpose, **basis} for mission in manifest["missions"]]
    return parties_in(first).sign(next_version(files, first.draft, deployments=deployments, missions=missions))


async def under(staff: Staffed, place: Path, version: Signed) -> None:
    write_files(place, version.files)
    statement = parties_in(house_agreement()).state(version.draft, ENCLAVE).decode()
    await staff.gateway.command("agreement.activate", path=str(place), statement=statement)


def signed_for(staff: Staffed) -> list[tuple[Kind, Verdict]]:
    return [(leaf.kind, leaf.verdict) for leaf in staff.gateway.leaves(Kind.HOLD, Kind.SIGN_OFF)]


async def one_act(staff: Staffed, tool: str, dialect: str) -> str:
    """The hold for which one person signed, once the act passed."""
    hold = await staff.held(dialect, tool)
    assert (await staff.binding(hold)).tool == tool, "the act is held, and not the call that offers the tool"
    assert await staff.say(hold, "omar", ALLOW) == "approved"
    answer = await staff.propose(dialect, tool, resume=hold)
    assert (answer.status, answer.whole, tool.encode() in answer.body) == (200, True, True), answer.body
    return hold


ONCE = [(Kind.HOLD, Verdict.HOLD), (Kind.SIGN_OFF, Verdict.PERMIT)]


def test_every_pack_is_asked() -> None:
    assert {name for name, _, _ in WATCHED} == {pack.name for pack in packs()}


@pytest.mark.parametrize(("name", "tool", "purpose"), WATCHED)
def test_one_act_is_one_hold_and_one_signature(name: str, tool: str, purpose: str, tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        await under(staff, tmp_path / "next", version_with((name,), purpose))
        await one_act(staff, tool, "openai")
        assert signed_for(staff) == ONCE
        assert len(staff.gateway.simulator.requests) == 1

    tell(tmp_path, story)


@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
def test_an_act_that_several_packs_let_people_sign_for_is_one_hold_as_well(dialect: str, tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        await under(staff, tmp_path / "next", version_with(TOGETHER, FIELD))
        hold = await one_act(staff, "fire", dialect)
        asked = {rule.id for rule in (await staff.binding(hold)).rules}
        assert asked == {"defence-clause-people-decide", "s-4113-lethal-force", "weapons-signoff-engage"}
        assert signed_for(staff) == ONCE

    tell(tmp_path, story)


def test_rules_that_hold_the_offer_too_would_ask_twice(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        await under(staff, tmp_path / "next", version_with((LINES,), FIELD, offers=True))
        hold = await staff.held(tool="fire")
        assert (await staff.binding(hold)).kind == "model-call"
        assert await staff.say(hold, "omar", ALLOW) == "approved"
        again = await staff.propose(tool="fire", resume=hold)
        assert again.code == "hold/pending"
        assert len(staff.gateway.leaves(Kind.HOLD)) == 2

    tell(tmp_path, story)

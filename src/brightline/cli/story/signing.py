"""An agent proposes to release a payload: it waits for two people, runs once, and never again nor otherwise.

The aircraft is simulated in this process. It says how it stands before people are asked, and checks the release as a
real one would, offline, from its trust bundle. The person who watches plays everybody who signs.
"""

import itertools
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from hashlib import sha256

from brightline.cli.output import rows_of
from brightline.cli.perform import perform
from brightline.cli.sample_people import EFFECTOR
from brightline.cli.story.client import Reply
from brightline.cli.story.stage import MODEL, Chapter, Stage
from brightline.crypto.keyfiles import load_key
from brightline.crypto.party_keys import ED25519, create
from brightline.crypto.signatures import sign
from brightline.domain.errors import BrightlineError
from brightline.domain.sign_off.binding import Demand
from brightline.domain.sign_off.canonical import Json, JsonObject, canonical, digest
from brightline.domain.sign_off.statement import ALLOW
from brightline.domain.sign_off.trust import ToolDemand
from brightline.oversight.bundling import DEFAULT_WINDOW_MS, Trusted, make_bundle
from brightline.oversight.effector import Action, Effector
from brightline.oversight.replay_store import DirectoryReplayStore
from brightline.oversight.signing import ApprovalRequest, Vote, make_statement, role_for, sign_statement

STEP = "a sign-off"
TOOL_NAME = "release_payload"
ROLE, QUORUM = "release-officer", 2
SIGNERS = ("rosa", "omar")
# The drop points that were agreed before; the schema leaves the model no other.
TOOL: JsonObject = {
    "type": "function",
    "function": {
        "name": TOOL_NAME,
        "description": "Release the relief payload of an aircraft over a drop point",
        "parameters": {
            "type": "object",
            "properties": {
                "aircraft": {"type": "string", "enum": ["uav-1"]},
                "latitude": {"enum": [48.8584, 48.8606]},
                "longitude": {"enum": [2.2945, 2.3376]},
            },
            "required": ["aircraft", "latitude", "longitude"],
            "additionalProperties": False,
        },
    },
}
# A small model says many things; it is let begin with the call that it must make.
BODY = {
    "model": MODEL,
    "messages": [
        {"role": "user", "content": "Release the payload over the agreed drop point."},
        {"role": "assistant", "content": "<tool_call>"},
    ],
    "tools": [TOOL],
    "tool_choice": "required",
    "temperature": 0,
    "max_tokens": 200,
}
_PROPOSED_SECONDS = 90.0
_ANSWERED_SECONDS = 60.0


def tell(stage: Stage) -> str:
    """Propose, let one sign and then the other, act once, and try all that must not work."""
    files = [b64encode(data).decode() for data in stage.people.files]
    perform(str(stage.data_dir), "people.import", {"files": files})
    with ThreadPoolExecutor(1) as background:
        asked = background.submit(stage.client.ask, BODY)
        hold = _await_hold(stage, asked)
        shown = perform(str(stage.data_dir), "hold.show", {"hold": hold, "request": True})
        request = ApprovalRequest.parse(str(shown["request"]).encode())
        proposed = json.dumps(request.binding.arguments)
        stage.say(f"   proposed: {TOOL_NAME} {proposed}\n")
        change = request.binding.diff[0]
        stage.say(f"   the aircraft says: {change.name} is {change.before}, and would be {change.after}\n")
        stage.say(f"   HELD      for {QUORUM} of the role {ROLE}, by `operator-release-signed`; hold {hold[:8]}…\n")
        _sign(stage, request, SIGNERS[0])
        early = _refused(lambda: perform(str(stage.data_dir), "hold.release", {"hold": hold}))
        stage.expect(early == "hold/not-approved", step=STEP, why=f"one signature: {early}")
        stage.say(f"   {SIGNERS[0]} signs: not enough ({early})\n")
        _sign(stage, request, SIGNERS[1])
        reply = asked.result(timeout=_ANSWERED_SECONDS)
    stage.expect(reply.status == 200, step=STEP, why=f"the answer was {reply.status} {reply.refusal().code}")
    stage.say(f"   {SIGNERS[1]} signs: the answer goes to the agent, which takes the release to the aircraft\n")
    stage.expect(reply.headers.get("brightline-hold") == hold, step=STEP, why="the answer does not name its hold")
    return _act(stage, hold, request)


def _await_hold(stage: Stage, asked: "Future[Reply]") -> str:
    """The id of the hold, once the model has proposed what it must."""
    deadline = time.monotonic() + _PROPOSED_SECONDS
    while time.monotonic() < deadline:
        found = perform(str(stage.data_dir), "hold.list", {})["holds"]
        if isinstance(found, list) and found:
            return str(found[0]["hold"])
        if asked.done():
            reply = asked.result()
            stage.expect(False, step=STEP, why=f"nothing was held: {reply.status} {reply.refusal().code}")
        time.sleep(0.1)
    stage.expect(False, step=STEP, why="the model proposed nothing in time")
    raise AssertionError


def _sign(stage: Stage, request: ApprovalRequest, name: str) -> None:
    """Sign as `name`, as `brightline sign` does, and hand it in."""
    played = stage.people.persons[name]
    role = role_for(request.binding, played.assertion, decision=ALLOW)
    items = rows_of(perform(str(stage.data_dir), "hold.evidence", {"hold": request.binding.hold}), "evidence")
    opened = tuple(sha256(b64decode(str(item["content"]))).hexdigest() for item in items)
    reason = "the drop point is the agreed one"
    vote = Vote(decision=ALLOW, role=role, reason=reason, evidence=opened, own_machine=True)
    statement = make_statement(request, vote, played.assertion, now_ms=_now_ms())
    signed = sign_statement(statement, played.assertion, lambda message: sign(played.key, message))
    words = {"hold": request.binding.hold, "statement": b64encode(signed.canonical).decode()}
    perform(str(stage.data_dir), "hold.sign", words)


def _act(stage: Stage, hold: str, request: ApprovalRequest) -> str:
    """Let the aircraft act once, and refuse what is not that, before and after."""
    got = stage.client.release(hold)
    stage.expect(got.status == 200, step=STEP, why=f"the release was {got.status} {got.refusal().code}")
    release, released = got.body, itertools.count(1)
    effector, aircraft, arguments = _effector(stage, _now_ms), stage.aircraft, dict(request.binding.arguments)

    def action(**changes: Json) -> Action:
        return Action(TOOL_NAME, canonical({**arguments, **changes}), aircraft.state)

    def refuse(words: str, machine: Effector, tried: Action, code: str) -> None:
        found = _refused(partial(machine.act, release, tried, _never))
        stage.expect(found == code, step=STEP, why=f"{words}: {found}")
        stage.say(f"   {words}: REFUSED by the aircraft ({code})\n")

    def run() -> None:
        aircraft.release()
        stage.say(f"   aircraft: payload released ({next(released)})\n")

    aircraft.fly("landing")
    refuse("while it lands, which nobody signed", effector, action(), "effector/precondition")
    aircraft.fly("hovering")
    receipt = effector.act(release, action(), run)
    stage.expect(receipt.receipt.outcome == "done", step=STEP, why=f"it ended as {receipt.receipt.outcome}")
    aircraft.load()
    late = _effector(stage, lambda: request.binding.not_after_ms + 1)
    refuse("once more, loaded again", effector, action(), "effector/used")
    refuse("over another place", effector, action(latitude=48.86), "effector/other-action")
    refuse("after its time", late, action(), "effector/expired")
    taken = stage.client.receipt(receipt.canonical)
    stage.expect(taken.status == 200, step=STEP, why=f"the receipt was {taken.status} {taken.refusal().code}")
    return f"DONE ONCE  the hold, both signatures and what was done are in the ledger, up to entry {_index(taken)}"


def _effector(stage: Stage, clock_ms: Callable[[], int]) -> Effector:
    """What stands before the aircraft, with the bundle that its keeper gave it, and a store that is two windows old."""
    standing = perform(str(stage.data_dir), "status", {})
    seed = load_key(stage.data_dir / "keys" / "release.key")
    trusted = Trusted(
        origin=str(standing["origin"]),
        vkeys=(str(standing["vkey"]),),
        gateway=create(ED25519, lambda _: seed).public,
        agreements=(str(standing["agreement_digest"]),),
    )
    definition = digest("tool-definition", canonical(TOOL)).hex()
    demand = ToolDemand(definition, (Demand(ROLE, QUORUM),), None, own_machine=False)
    bundle = make_bundle(EFFECTOR, trusted, stage.people.directory, {TOOL_NAME: demand})
    began_ms = _now_ms() - 2 * DEFAULT_WINDOW_MS
    store = DirectoryReplayStore(stage.scratch / "aircraft", clock_ms=lambda: began_ms)
    revocations = stage.people.revocations.canonical
    signer = stage.people.effector
    return Effector(bundle, store, revocations=lambda: revocations, clock_ms=clock_ms, signer=signer)


def _refused(act: Callable[[], object]) -> str:
    """The code with which `act` is refused, or empty."""
    try:
        act()
    except BrightlineError as error:
        return error.code
    return ""


def _never() -> None:
    raise AssertionError("a refused action ran")


def _index(reply: Reply) -> int:
    return int(json.loads(reply.body)["index"])


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


CHAPTER = Chapter(STEP, tell)

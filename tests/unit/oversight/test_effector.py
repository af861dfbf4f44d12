"""The effector check: every refusal by its own code, in the fixed order, and what is said of an action that ran."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

import pytest

from brightline.crypto.party_keys import P256
from brightline.crypto.signatures import verify
from brightline.crypto.tlog_proof import TlogProof
from brightline.domain.leaf import Kind, with_time
from brightline.domain.sign_off.assertion import POLICY_AUTHOR
from brightline.domain.sign_off.binding import NO_DEFINITION, BoundRule, Demand
from brightline.domain.sign_off.canonical import canonical
from brightline.domain.sign_off.receipt import DONE, FAILED, UNKNOWN
from brightline.domain.sign_off.release import BREAK_GLASS, HoldEntry
from brightline.domain.sign_off.statement import DENY, REVOKE, ShownLog
from brightline.oversight.effector import (
    Action,
    Begun,
    Effector,
    EffectorError,
    NotDoneError,
    ReleaseCheck,
)
from brightline.testing.log_simulator import SimulatedLog
from brightline.testing.sign_off import (
    ANNA,
    BERT,
    CLEO,
    DAY_MS,
    HOUR_MS,
    NOW_MS,
    OFFICERS,
    ROLE,
    TOOL,
    Person,
    Scene,
    hold_leaf,
    key_of,
    log_with,
    make_binding,
    make_scene,
)

COMMANDER = Person("dana", roles=("watch-commander",), serial=4)
GLASS = Demand("watch-commander", 1)
RULE = BoundRule("operator-release-signed", "4.2", "house rules", "why", ROLE, 2, None)


@dataclass(frozen=True)
class Case:
    """One release before one machine; whatever is not given is the scene's own."""

    scene: Scene = field(default_factory=make_scene)
    release: bytes | None = None
    bundle: Mapping[str, object] = field(default_factory=dict)
    demand: Mapping[str, object] = field(default_factory=dict)
    revocations: bytes | None = None
    action: Mapping[str, object] = field(default_factory=dict)
    now_ms: int = NOW_MS

    def check(self) -> tuple[str, ...]:
        """The approvers, or the refusal."""
        trusted = self.scene.bundle
        tools = {
            name: dataclasses.replace(demand, **cast("dict[str, bool]", self.demand))
            for name, demand in trusted.tools.items()
        }
        trusted = dataclasses.replace(trusted, tools=tools)
        trusted = dataclasses.replace(trusted, **cast("dict[str, str]", self.bundle))
        listed = self.scene.revocations.canonical if self.revocations is None else self.revocations
        release = self.scene.release.canonical if self.release is None else self.release
        action = dataclasses.replace(action_of(self.scene), **cast("dict[str, str]", self.action))
        check = ReleaseCheck(trusted, revocations=lambda: listed)
        return check.check(release, action, now_ms=self.now_ms).approvers


def action_of(scene: Scene) -> Action:
    binding = scene.binding
    return Action(binding.tool or TOOL, canonical(binding.arguments), binding.preconditions)


def glass_scene(rule: BoundRule = RULE, people: tuple[Person, ...] = (COMMANDER,)) -> Scene:
    """A scene whose people break the glass."""
    scene = make_scene(people, path=BREAK_GLASS, rules=(rule,))
    return dataclasses.replace(scene, given=tuple(scene.statement(each, "break-glass") for each in people))


def signed_by(scene: Scene, *, decisions: Mapping[str, str], **changes: object) -> Scene:
    """The scene with another decision of some, and other fields in the statement of the first."""
    first, *others = scene.people
    given = [scene.statement(first, decisions.get(first.name, "allow"), **changes)]
    given += [scene.statement(each, decisions.get(each.name, "allow")) for each in others]
    return dataclasses.replace(scene, given=tuple(given))


def asserted(scene: Scene, person: Person, **changes: object) -> Scene:
    """The scene in which the directory asserts something else of `person`."""
    given = tuple(
        dataclasses.replace(each, assertion=scene.assertion(person, **changes))
        if each.statement.person == person.name
        else each
        for each in scene.statements
    )
    return dataclasses.replace(scene, given=given)


def rendered_otherwise() -> Scene:
    """A binding that names the rendering of another action, and people who signed it."""
    binding = make_binding()
    other = make_binding(purpose="something else")
    return Scene(dataclasses.replace(binding, rendering=other.rendering))


def entry(scene: Scene, **changes: object) -> Case:
    """The release with another hold entry, signed anew by the gateway."""
    made = dataclasses.replace(scene.hold_entry, **cast("dict[str, bytes]", changes))
    return Case(scene, scene.sign_release(hold_entry=made).canonical)


def proof_of(scene: Scene, **changes: object) -> bytes:
    made = dataclasses.replace(TlogProof.parse(scene.hold_entry.proof), **cast("dict[str, bytes]", changes))
    return made.encode()


def shown_log(**changes: object) -> Scene:
    scene = make_scene()
    shown = ShownLog(scene.whole_log.origin, len(scene.whole_log.entries), scene.whole_log.root)
    return signed_by(scene, decisions={}, log=dataclasses.replace(shown, **cast("dict[str, str]", changes)))


def revoking(**changes: object) -> Case:
    scene = make_scene()
    return Case(scene, revocations=scene.revoke(**changes).canonical)


def damaged_release() -> bytes:
    release = make_scene().release
    broken = bytearray(release.gateway.signature)
    broken[0] ^= 1
    gateway = dataclasses.replace(release.gateway, signature=bytes(broken))
    return dataclasses.replace(release, gateway=gateway).canonical


def damaged_statement(person: Person) -> Scene:
    scene = make_scene((person, CLEO))
    first, second = scene.statements
    other = dataclasses.replace(first.statement, reason="not what was signed")
    return dataclasses.replace(scene, given=(dataclasses.replace(first, statement=other), second))


def own_directory() -> Scene:
    """A release whose roles another directory asserts, which the machine does not know."""
    scene = make_scene()
    stranger = dataclasses.replace(scene, directory=key_of("stranger"))
    return dataclasses.replace(scene, given=stranger.statements)


def of_another_log() -> Case:
    """The proof is of another log, whose key the bundle knows, beside the one that is meant."""
    binding = make_binding()
    other = dataclasses.replace(log_with(binding), origin="example.org/other")
    mine = make_scene()
    scene = dataclasses.replace(mine, log=other)
    keys = dataclasses.replace(mine.bundle.log, keys=(mine.whole_log.vkey, other.vkey))
    return Case(scene, bundle={"log": keys})


def cosigned(scene: Scene) -> bytes:
    """The checkpoint with a second signature, of a key that nobody knows."""
    stranger = dataclasses.replace(scene.whole_log, origin="example.org/witness")
    checkpoint = TlogProof.parse(scene.hold_entry.proof).checkpoint
    return proof_of(scene, checkpoint=checkpoint + stranger.checkpoint().rpartition(b"\n\n")[2])


def other_kind(scene: Scene) -> Case:
    leaf = dataclasses.replace(hold_leaf(scene.binding), kind=Kind.INTENT)
    log = SimulatedLog([leaf.encode()])
    return entry(scene, leaf=leaf.encode(), proof=log.proof(0))


CASES: Mapping[str, tuple[str, Callable[[], Case]]] = {
    "nothing": ("no-release", lambda: Case(release=b"")),
    "cut": ("malformed", lambda: Case(release=make_scene().release.canonical[:-1])),
    "spaced": ("malformed", lambda: Case(release=make_scene().release.canonical + b"\n")),
    "a decoy": ("null-audience", lambda: Case(make_scene(audience="null"), bundle={"audience": "uav-1.example"})),
    "another machine": ("wrong-audience", lambda: Case(bundle={"audience": "uav-2.example"})),
    "no such tool": ("unknown-tool", lambda: Case(action={"tool": "set_valve"})),
    "another value": ("other-action", lambda: Case(action={"arguments": b'{"latitude":52.0908}'})),
    "a name twice": ("other-action", lambda: Case(action={"arguments": b'{"latitude":1,"latitude":1}'})),
    "another tool": (
        "other-action",
        lambda: Case(
            bundle={"tools": dict.fromkeys(("other", TOOL), make_scene().bundle.tools[TOOL])}, action={"tool": "other"}
        ),
    ),
    "a call of a model": (
        "other-action",
        lambda: Case(
            make_scene(kind="model-call", tool="", definition=NO_DEFINITION, call_id=""),
            bundle={"tools": make_scene().bundle.tools},
        ),
    ),
    "another definition": ("other-definition", lambda: Case(demand={"definition": "ab" * 32})),
    "too early": ("not-yet", lambda: Case(now_ms=make_binding().not_before_ms - 5_001)),
    "too late": ("expired", lambda: Case(now_ms=make_binding().not_after_ms)),
    "too long": ("window-too-long", lambda: Case(bundle={"longest_window_ms": 60_000})),
    "an algorithm out of use": ("algorithm", lambda: Case(bundle={"algorithms": ("webauthn-es256",)})),
    "a key of another curve": ("algorithm", lambda: Case(asserted(make_scene(), BERT, key=_key(CLEO)))),
    "a passkey without a passkey": ("algorithm", lambda: Case(_without_passkey())),
    "another assurance": (
        "algorithm",
        lambda: Case(signed_by(make_scene(), decisions={}, assurance="hardware")),
    ),
    "a byte of the gateway's signature": ("bad-signature", lambda: Case(release=damaged_release())),
    "another gateway": (
        "bad-signature",
        lambda: Case(release=make_scene().sign_release(gateway=key_of("stranger")).canonical),
    ),
    "another directory": ("bad-signature", lambda: Case(own_directory())),
    "a passkey over something else": ("bad-signature", lambda: Case(damaged_statement(ANNA))),
    "a file over something else": ("bad-signature", lambda: Case(damaged_statement(BERT))),
    "approval of another action": (
        "other-statement",
        lambda: Case(dataclasses.replace(make_scene(), given=make_scene(arguments={"latitude": 1}).statements)),
    ),
    "the key of another": ("other-person", lambda: Case(_other_key())),
    "another name": ("other-person", lambda: Case(_other_name())),
    "one person, two keys": (
        "same-person",
        lambda: Case(make_scene((BERT, dataclasses.replace(BERT, algorithm=P256, key_name="second", serial=9)))),
    ),
    "one key, two persons": ("same-person", lambda: Case(make_scene((BERT, Person("carl", key_name="bert"))))),
    "a no": ("vetoed", lambda: Case(signed_by(make_scene((ANNA, BERT, CLEO)), decisions={"anna": DENY}))),
    "a yes taken back": ("vetoed", lambda: Case(signed_by(make_scene((ANNA, BERT, CLEO)), decisions={"anna": REVOKE}))),
    "one of two": ("no-quorum", lambda: Case(make_scene((ANNA,)))),
    "a broken glass that nobody broke": ("no-quorum", lambda: Case(make_scene(path=BREAK_GLASS))),
    "shown a log without the action": ("other-log", lambda: Case(shown_log(size=5, root=bytes(32)))),
    "signed before it was bound": ("signed-at", lambda: Case(signed_by(make_scene(), decisions={}, signed_at_ms=1))),
    "nobody": ("no-quorum", lambda: Case(make_scene(()))),
    "in another role": ("no-quorum", lambda: Case(make_scene((ANNA, dataclasses.replace(BERT, roles=("cook",)))))),
    "a binding that asks for less": ("no-quorum", lambda: Case(demand={"quorum": (Demand(ROLE, 3),)})),
    "broken glass on the ordinary path": (
        "no-quorum",
        lambda: Case(signed_by(make_scene(), decisions={"anna": BREAK_GLASS})),
    ),
    "too few to break the glass": (
        "no-quorum",
        lambda: Case(glass_scene(dataclasses.replace(RULE, break_glass=dataclasses.replace(GLASS, quorum=2)))),
    ),
    "an absolute rule": ("absolute", lambda: Case(glass_scene(), demand={"break_glass": GLASS})),
    "a tool that is absolute here": (
        "absolute",
        lambda: Case(glass_scene(dataclasses.replace(RULE, break_glass=GLASS)), demand={"break_glass": None}),
    ),
    "nobody's own machine": ("own-machine", lambda: Case(make_scene(own_machine=True))),
    "nobody's own machine, the bundle asks": ("own-machine", lambda: Case(demand={"own_machine": True})),
    "the requester approves": ("own-approval", lambda: Case(make_scene((Person("requester-1"), CLEO)))),
    "the agent's owner approves": ("own-approval", lambda: Case(make_scene((Person("owner-1"), CLEO)))),
    "who writes policy approves": (
        "own-approval",
        lambda: Case(make_scene((BERT, Person("eve", roles=(ROLE, POLICY_AUTHOR))))),
    ),
    "no list": ("revocations-stale", lambda: Case(revocations=b"")),
    "somebody's list": (
        "revocations-stale",
        lambda: Case(revocations=dataclasses.replace(make_scene(), directory=key_of("stranger")).revocations.canonical),
    ),
    "an old list": ("revocations-stale", lambda: revoking(issued_ms=NOW_MS - DAY_MS - 1)),
    "a list to come": ("revocations-stale", lambda: revoking(issued_ms=NOW_MS + 5_001)),
    "a revoked key": ("revoked", lambda: revoking(keys=(ANNA.key.public.id,))),
    "a revoked person": ("revoked", lambda: revoking(persons=("bert",))),
    "a revoked assertion": ("revoked", lambda: revoking(serials=(ANNA.serial,))),
    "a revoked action": ("revoked", lambda: revoking(bindings=(make_binding().digest.hex(),))),
    "a role that ended": ("role", lambda: Case(asserted(make_scene(), BERT, not_after_ms=NOW_MS))),
    "a role to come": ("role", lambda: Case(asserted(make_scene(), BERT, not_before_ms=NOW_MS + 1))),
    "a role that was taken": ("role", lambda: Case(asserted(make_scene(), BERT, roles=("cook",)))),
    "another agreement": ("other-agreement", lambda: Case(bundle={"agreements": ("ab" * 32,)})),
    "no proof": ("no-proof", lambda: entry(make_scene(), proof=b"")),
    "an index for a proof": ("no-proof", lambda: entry(make_scene(), proof=b"index 5\n")),
    "a proof with more": ("no-proof", lambda: entry(make_scene(), proof=proof_of(make_scene(), extra=b"x"))),
    "two signatures": ("no-proof", lambda: entry(make_scene(), proof=cosigned(make_scene()))),
    "the key of another log": ("no-proof", of_another_log),
    "a leaf that is none": ("other-leaf", lambda: entry(make_scene(), leaf=bytes(230))),
    "the leaf of another hold": (
        "other-leaf",
        lambda: entry(make_scene(), leaf=hold_leaf(make_binding(mission="m")).encode()),
    ),
    "an entry of another kind": ("other-leaf", lambda: other_kind(make_scene())),
    "the proof of another leaf": ("other-leaf", lambda: entry(make_scene(), proof=make_scene().whole_log.proof(4))),
    "the leaf of another time": (
        "other-leaf",
        lambda: entry(make_scene(), leaf=with_time(make_scene().hold_entry.leaf, 1)),
    ),
    "another log was shown": ("other-log", lambda: Case(shown_log(origin="example.org/other"))),
    "another root was shown": ("other-log", lambda: Case(shown_log(root=bytes(32)))),
    "another rendering": ("rendering-differs", lambda: Case(rendered_otherwise())),
    "another rendering was shown": (
        "rendering-differs",
        lambda: Case(signed_by(make_scene(), decisions={}, rendering="ab" * 32)),
    ),
    "the state moved": ("precondition", lambda: Case(action={"preconditions": {"uav-1/state": "landed"}})),
    "the state is not known": ("precondition", lambda: Case(action={"preconditions": {}})),
}


def _key(person: Person) -> object:
    return make_scene((person,)).statements[0].assertion.assertion.key


def _without_passkey() -> Scene:
    """The key of a passkey signs as a plain key does."""
    scene = make_scene((dataclasses.replace(ANNA, algorithm=P256), BERT))
    return asserted(scene, ANNA)


def _other_name() -> Scene:
    """What bert signed, beside what the directory asserts of another with that key."""
    scene = make_scene()
    mine, berts = scene.statements
    other = dataclasses.replace(berts, assertion=scene.assertion(Person("berta", key_name="bert")))
    return dataclasses.replace(scene, given=(mine, other))


def _other_key() -> Scene:
    return signed_by(make_scene(), decisions={}, key=CLEO.key.public.id)


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_by_its_code(name: str) -> None:
    code, make = CASES[name]
    with pytest.raises(EffectorError) as caught:
        make().check()
    assert caught.value.code == f"effector/{code}"


TAKEN: Mapping[str, Callable[[], Case]] = {
    "two officers": Case,
    "as late as can be": lambda: Case(now_ms=make_binding().not_after_ms - 1),
    "as early as clocks differ": lambda: Case(now_ms=make_binding().not_before_ms - 5_000),
    "numbers by value": lambda: Case(make_scene(arguments={"n": 1}), action={"arguments": b'{ "n": 1.0 }'}),
    "arguments as a value": lambda: Case(action={"arguments": dict(make_binding().arguments)}),
    "more state than was asked": lambda: Case(action={"preconditions": {**make_binding().preconditions, "more": "x"}}),
    "one more than needed": lambda: Case(make_scene((ANNA, BERT, CLEO))),
    "another log's size": lambda: Case(shown_log(size=6, root=bytes(32))),
    "an own machine": lambda: Case(signed_by(make_scene(own_machine=True), decisions={}, own_machine=True)),
    "broken glass": lambda: Case(glass_scene(dataclasses.replace(RULE, break_glass=GLASS))),
    "a list of just now": lambda: revoking(issued_ms=NOW_MS + 5_000),
    "others revoked": lambda: revoking(persons=("zed",), keys=("ab" * 32,), serials=(99,), bindings=("cd" * 32,)),
}


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_taken(name: str) -> None:
    assert TAKEN[name]().check()


def test_two_rules_of_which_one_is_broken_need_both_quorums() -> None:
    other = BoundRule("second", "", "", "", "duty-officer", 1, GLASS)
    duty = Person("dora", roles=("duty-officer",), serial=8)
    scene = make_scene((ANNA, BERT, COMMANDER), path=BREAK_GLASS, rules=(RULE, other))
    scene = signed_by(scene, decisions={"dana": BREAK_GLASS})
    demand = {"quorum": (Demand(ROLE, 2),)}
    assert Case(scene, demand=demand).check() == ("anna", "bert", "dana")
    assert Case(make_scene((ANNA, BERT, duty), rules=(RULE, other)), demand=demand).check()


def test_a_bundle_with_a_key_that_is_none_makes_no_check() -> None:
    bundle = make_scene().bundle
    broken = dataclasses.replace(bundle, log=dataclasses.replace(bundle.log, keys=("no key",)))
    with pytest.raises(EffectorError) as caught:
        ReleaseCheck(broken, revocations=bytes)
    assert caught.value.code == "effector/bad-bundle"


def test_a_list_that_cannot_be_read_refuses() -> None:
    def unreadable() -> bytes:
        raise FileNotFoundError

    scene = make_scene()
    check = ReleaseCheck(scene.bundle, revocations=unreadable)
    with pytest.raises(EffectorError) as caught:
        check.check(scene.release.canonical, action_of(scene), now_ms=NOW_MS)
    assert caught.value.code == "effector/revocations-stale"


def test_a_revocation_counts_from_the_next_check_on() -> None:
    scene = make_scene()
    lists = [scene.revocations.canonical, scene.revoke(number=2, persons=("anna",)).canonical]
    check = ReleaseCheck(scene.bundle, revocations=lambda: lists[0])
    check.check(scene.release.canonical, action_of(scene), now_ms=NOW_MS)
    lists.pop(0)
    with pytest.raises(EffectorError) as caught:
        check.check(scene.release.canonical, action_of(scene), now_ms=NOW_MS)
    assert caught.value.code == "effector/revoked"


class Memory:
    """A replay store in memory that says what was asked of it, in order."""

    def __init__(self, *, refuses: str = "") -> None:
        self.told: list[str] = []
        self.refuses = refuses
        self.receipts: list[bytes] = []
        self.left: list[Begun] = []

    def _tell(self, word: str) -> None:
        self.told.append(word)
        if word == self.refuses:
            raise EffectorError("effector/store", why="it is told to")

    def observe(self, now_ms: int, *, tolerance_ms: int) -> None:
        self._tell(f"observe {now_ms - NOW_MS} {tolerance_ms}")

    def begin(self, nonce: str, binding: str, *, now_ms: int, made_by_ms: int) -> Begun:
        self._tell("begin")
        assert made_by_ms == make_binding().not_before_ms - HOUR_MS
        return Begun(nonce, binding, "ab" * 16, 7, now_ms)

    def finish(self, begun: Begun, receipt: bytes) -> None:
        self._tell("finish")
        self.receipts.append(receipt)

    def unfinished(self) -> list[Begun]:
        return self.left


def machine(store: Memory, *, clock: Callable[[], int] = lambda: NOW_MS) -> Effector:
    scene = make_scene()
    listed = scene.revocations.canonical
    return Effector(scene.bundle, store, revocations=lambda: listed, clock_ms=clock, signer=scene.effector)


def test_what_ran_is_told_and_signed() -> None:
    store, scene = Memory(), make_scene()
    signed = machine(store).act(scene.release.canonical, action_of(scene), lambda: store.told.append("run"))
    assert store.told == ["observe 0 5000", "begin", "run", "finish"]
    assert store.receipts == [signed.canonical]
    receipt = signed.receipt
    assert (receipt.outcome, receipt.detail, receipt.binding) == (DONE, "", scene.binding.digest.hex())
    assert (receipt.audience, receipt.store_epoch, receipt.sequence) == (scene.binding.audience, "ab" * 16, 7)
    assert signed.effector_key == scene.effector.public.id
    verify(scene.effector.public, signed.signature, receipt.tagged)


def test_what_is_refused_consumes_nothing() -> None:
    store, scene = Memory(), make_scene()
    with pytest.raises(EffectorError) as caught:
        machine(store).act(scene.release.canonical, Action(TOOL, b"{}"), lambda: store.told.append("run"))
    assert caught.value.code == "effector/other-action"
    assert store.told == ["observe 0 5000"]


def test_a_check_asks_the_store_nothing() -> None:
    store, scene = Memory(), make_scene()
    assert machine(store).check(scene.release.canonical, action_of(scene)).binding == scene.binding
    assert store.told == []


@pytest.mark.parametrize("refuses", ["observe 0 5000", "begin"])
def test_nothing_runs_without_the_store(refuses: str) -> None:
    store, scene = Memory(refuses=refuses), make_scene()
    with pytest.raises(EffectorError) as caught:
        machine(store).act(scene.release.canonical, action_of(scene), lambda: store.told.append("run"))
    assert caught.value.code == "effector/store"
    assert "run" not in store.told


def fails(error: Exception) -> Callable[[], None]:
    def run() -> None:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "outcome", "detail"),
    [
        (NotDoneError("the interlock is closed"), FAILED, "nothing was done: the interlock is closed"),
        (NotDoneError("x" * 500), FAILED, ("nothing was done: " + "x" * 500)[:200]),
        (TimeoutError("secret"), UNKNOWN, "TimeoutError"),
    ],
)
def test_an_exception_becomes_an_outcome(error: Exception, outcome: str, detail: str) -> None:
    scene = make_scene()
    receipt = machine(Memory()).act(scene.release.canonical, action_of(scene), fails(error)).receipt
    assert (receipt.outcome, receipt.detail) == (outcome, detail)


def test_an_end_that_cannot_be_stored_is_unknown() -> None:
    store, scene = Memory(refuses="finish"), make_scene()
    receipt = machine(store).act(scene.release.canonical, action_of(scene), lambda: None).receipt
    assert (receipt.outcome, receipt.detail) == (UNKNOWN, "how it ended could not be stored")


def test_time_that_ran_out_while_the_nonce_was_consumed_runs_nothing() -> None:
    times = [NOW_MS, make_binding().not_after_ms, NOW_MS - 1]
    store, scene = Memory(), make_scene()
    effector = machine(store, clock=lambda: times.pop(0))
    receipt = effector.act(scene.release.canonical, action_of(scene), lambda: store.told.append("run")).receipt
    assert (receipt.outcome, receipt.detail) == (FAILED, "its time was over before it began")
    assert receipt.finished_at_ms == receipt.consumed_at_ms, "never before its beginning, whatever the clock says"
    assert "run" not in store.told


def test_what_was_left_is_told_as_unknown() -> None:
    store = Memory()
    store.left = [Begun("cd" * 16, "ef" * 32, "ab" * 16, 3, NOW_MS - 5)]
    (signed,) = machine(store).recover()
    assert (signed.receipt.outcome, signed.receipt.sequence, signed.receipt.binding) == (UNKNOWN, 3, "ef" * 32)
    assert store.receipts == [signed.canonical]


def test_officers_are_those_of_the_scene() -> None:
    assert Case().check() == tuple(each.name for each in OFFICERS)
    assert isinstance(make_scene().hold_entry, HoldEntry)

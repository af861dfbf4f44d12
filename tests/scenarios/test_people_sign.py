"""From a card in a reader to a machine that acts: people enrol, the directory asserts them, they sign on their own
machines without a network, and an effector takes their signatures; what goes wrong on the way is refused by its code.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from brightline.cli.app import build
from brightline.crypto.party_keys import ED25519, create, load, save
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.statement import ShownLog, SignedStatement
from brightline.oversight.bundling import Trusted, make_bundle, read_tools
from brightline.oversight.directory import Directory
from brightline.oversight.effector import Action, ReleaseCheck
from brightline.oversight.errors import EffectorError
from brightline.oversight.people import People
from brightline.oversight.signing import ApprovalRequest
from brightline.testing.sign_off import AGREEMENT_DIGEST, AUDIENCE, DEFINITION, ROLE, TOOL, Scene, make_scene
from tests.softhsm import CARD, PIN, softhsm_or_skip

DAY_MS = 24 * 60 * 60 * 1000
TOOLS = {
    TOOL: {
        "definition": json.loads(DEFINITION),
        "quorum": [{"role": ROLE, "quorum": 2}],
        "break_glass": None,
        "own_machine": True,
    }
}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Desk:
    """A directory's officer and two approvers, with a command line and nothing else."""

    def __init__(self, place: Path, scene: Scene, card: tuple[str, ...]) -> None:
        self.place = place
        self.scene = scene
        self.card = card
        request = ApprovalRequest(
            scene.binding, ShownLog(scene.whole_log.origin, len(scene.whole_log.entries), scene.whole_log.root)
        )
        (place / "hold.json").write_bytes(request.canonical)
        save(place / "ben.pem", create(ED25519), "")
        save(place / "directory.pem", create(ED25519), "")
        ways = ("--assurance", "file", "--assurance", "hardware", "--out", place / "directory.json")
        self.run("directory", "key", "show", place / "directory.pem", *ways)
        self.enrol("ana", 1, *card)
        self.enrol("ben", 2, "--key", place / "ben.pem")
        self.revoke()

    def run(self, *words: object, answer: str = "") -> Result:
        done = CliRunner().invoke(build(), [str(word) for word in words], input=answer)
        assert done.exit_code == 0, done.stderr
        return done

    def enrol(self, person: str, serial: int, *key: object, role: str = ROLE) -> None:
        enrolment = self.place / f"{person}-enrolment.json"
        self.run("approver", "enrol", "--person", person, "--out", enrolment, *key)
        words = ("--role", role, "--serial", serial, "--key", self.place / "directory.pem", "--yes")
        self.run("directory", "assert", enrolment, *words, "--out", self.place / f"{person}.json")

    def revoke(self, *words: object) -> None:
        previous = self.place / "revoked.json"
        more = ("--previous", previous) if previous.exists() else ()
        self.run("directory", "revoke", "--key", self.place / "directory.pem", "--out", previous, *more, *words)

    def sign(self, person: str, *key: object, answer: str = "allow\n") -> SignedStatement:
        out = self.place / f"{person}-signed.json"
        words = ("--assertion", self.place / f"{person}.json", "--out", out, "--reason", "seen", *key)
        self.run("sign", self.place / "hold.json", *words, answer=answer)
        return SignedStatement.parse(out.read_bytes())

    def both(self) -> tuple[SignedStatement, ...]:
        return self.sign("ana", *self.card), self.sign("ben", "--key", self.place / "ben.pem")

    def people(self) -> People:
        assertions = [(self.place / f"{name}.json").read_bytes() for name in ("ana", "ben")]
        directory = Directory.parse((self.place / "directory.json").read_bytes())
        return People(directory, assertions=assertions, revocations=(self.place / "revoked.json").read_bytes())

    def effector(self) -> ReleaseCheck:
        """The machine, with the bundle and the list that were carried to it."""
        scene = self.scene
        trusted = Trusted(
            origin=scene.whole_log.origin,
            vkeys=(scene.whole_log.vkey,),
            gateway=scene.gateway.public,
            agreements=(AGREEMENT_DIGEST,),
        )
        directory = Directory.parse((self.place / "directory.json").read_bytes())
        bundle = make_bundle(AUDIENCE, trusted, directory, read_tools(json.dumps(TOOLS).encode()))
        return ReleaseCheck(bundle, revocations=(self.place / "revoked.json").read_bytes)

    def release(self, *statements: SignedStatement) -> bytes:
        ordered = tuple(sorted(statements, key=lambda each: each.statement.person))
        return replace(self.scene, given=ordered).release.canonical

    def action(self) -> Action:
        binding = self.scene.binding
        return Action(binding.tool, binding.arguments, binding.preconditions)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    cards = softhsm_or_skip()
    monkeypatch.setattr("click.prompt", lambda *_, **__: PIN)
    monkeypatch.delenv("BRIGHTLINE_PASSPHRASE", raising=False)
    scene = make_scene((), now_ms=now_ms(), own_machine=True, evidence=())
    return Desk(tmp_path, scene, ("--pkcs11", cards.module, "--token", CARD, "--key-id", "02"))


def refused(judge: Callable[[], object]) -> str:
    with pytest.raises((SignOffError, EffectorError)) as caught:
        judge()
    return caught.value.code


def test_a_card_and_a_file_release_what_a_machine_does(desk: Desk) -> None:
    statements = desk.both()
    approvers = [desk.people().verify_statement(each, desk.scene.binding, now_ms=now_ms()) for each in statements]
    assert [each.person for each in approvers] == ["ana", "ben"]
    assert statements[0].statement.assurance == "hardware"
    cleared = desk.effector().check(desk.release(*statements), desk.action(), now_ms=now_ms())
    assert cleared.approvers == ("ana", "ben")


def test_a_process_of_its_own_signs_with_a_pin_from_a_descriptor_and_never_without_an_answer(desk: Desk) -> None:
    out = desk.place / "signed.json"
    words = ("sign", desk.place / "hold.json", "--assertion", desk.place / "ana.json", "--out", out)
    reading, writing = os.pipe()
    os.write(writing, f"{PIN}\n".encode())
    os.close(writing)
    command = [sys.executable, "-m", "brightline.cli", *map(str, words), *desk.card, "--pin-fd", str(reading)]
    closed = subprocess.run(["sh", "-c", 'exec "$@" <&-', "sh", *command], capture_output=True, pass_fds=[reading])
    assert closed.returncode == 1
    assert b"signoff/no-answer" in closed.stderr
    assert not out.exists()
    # The PIN was not read for a question that nobody answered.
    done = subprocess.run(command, input=b"allow\n", capture_output=True, pass_fds=[reading])
    os.close(reading)
    assert done.returncode == 0, done.stderr
    assert PIN.encode() not in done.stdout + done.stderr
    signed = SignedStatement.parse(out.read_bytes())
    assert desk.people().verify_statement(signed, desk.scene.binding, now_ms=now_ms()).person == "ana"


def test_one_signature_and_one_person_with_two_keys_release_nothing(desk: Desk) -> None:
    card = desk.sign("ana", *desk.card)
    check = desk.effector()
    assert refused(lambda: check.check(desk.release(card), desk.action(), now_ms=now_ms())) == "effector/no-quorum"
    save(desk.place / "second.pem", create(ED25519), "")
    desk.enrol("ana", 3, "--key", desk.place / "second.pem")
    second = desk.sign("ana", "--key", desk.place / "second.pem")
    assert desk.people().verify_statement(second, desk.scene.binding, now_ms=now_ms()).person == "ana"
    both = desk.release(card, second)
    assert refused(lambda: check.check(both, desk.action(), now_ms=now_ms())) == "effector/same-person"


def test_who_is_revoked_after_signing_releases_nothing(desk: Desk) -> None:
    statements = desk.both()
    key = load(desk.place / "ben.pem", "").public.id
    desk.revoke("--key-id", key)
    within = desk.people()
    assert refused(lambda: within.verify_statement(statements[1], desk.scene.binding, now_ms=now_ms())) == (
        "signoff/revoked"
    )
    release, check = desk.release(*statements), desk.effector()
    assert refused(lambda: check.check(release, desk.action(), now_ms=now_ms())) == "effector/revoked"


def test_with_a_stale_list_nobody_can_tell_and_so_nothing_is_released(desk: Desk) -> None:
    statements = desk.both()
    later = now_ms() + DAY_MS + 60_000
    binding = desk.scene.binding
    within = desk.people()
    assert refused(lambda: within.verify_statement(statements[1], binding, now_ms=later)) == "signoff/revocations-stale"


def test_a_veto_on_ones_own_machine_ends_it(desk: Desk) -> None:
    card = desk.sign("ana", *desk.card)
    veto = desk.sign("ben", "--key", desk.place / "ben.pem", answer="deny\n")
    assert desk.people().verify_statement(veto, desk.scene.binding, now_ms=now_ms()).person == "ben"
    release, check = desk.release(card, veto), desk.effector()
    assert refused(lambda: check.check(release, desk.action(), now_ms=now_ms())) == "effector/vetoed"


def test_another_directory_makes_no_approvers(desk: Desk) -> None:
    statements = desk.both()
    (desk.place / "directory.pem").unlink()
    save(desk.place / "directory.pem", create(ED25519), "")
    save(desk.place / "eve.pem", create(ED25519), "")
    desk.enrol("eve", 4, "--key", desk.place / "eve.pem")
    strange = desk.sign("eve", "--key", desk.place / "eve.pem")
    within = desk.people()
    assert refused(lambda: within.verify_statement(strange, desk.scene.binding, now_ms=now_ms())) == (
        "signoff/unknown-directory"
    )
    release, check = desk.release(statements[0], strange), desk.effector()
    assert refused(lambda: check.check(release, desk.action(), now_ms=now_ms())) == "effector/bad-signature"

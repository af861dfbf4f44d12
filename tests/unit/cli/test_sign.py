"""Signing on one's own machine: silence is a no, what is shown comes from the binding, and what is signed counts."""

import hashlib
import importlib
import io
import json
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from brightline.crypto.party_keys import PrivateKey, save
from brightline.domain.sign_off.binding import BoundRule, Demand, Evidence
from brightline.domain.sign_off.statement import ShownLog, SignedStatement
from brightline.oversight.directory import Directory, entries_of
from brightline.oversight.people import People
from brightline.oversight.signing import ApprovalRequest
from brightline.testing.sign_off import BERT, CLEO, ROLE, Person, Scene, key_of, make_scene
from tests.softhsm import CARD, PIN, softhsm_or_skip

module = importlib.import_module("brightline.cli.sign")
NOW_MS = time.time_ns() // 1_000_000
PICTURE = b"a picture"
GLASS = BoundRule("operator-release-signed", "4.2", "house", "why", ROLE, 2, Demand("watch-commander", 1))
COMMANDER = Person("dora", roles=("watch-commander",), serial=9)


@pytest.fixture
def scene() -> Scene:
    evidence = (Evidence("a \u202epicture", "image/png", hashlib.sha256(PICTURE).hexdigest()),)
    return make_scene((BERT,), now_ms=NOW_MS, rules=(GLASS,), evidence=evidence, own_machine=True)


@pytest.fixture
def desk(tmp_path: Path, scene: Scene) -> Path:
    """What lies on an approver's desk: no data directory."""
    request = ApprovalRequest(scene.binding, ShownLog("log \x1b[2J.example", 7, bytes(32)))
    (tmp_path / "hold.json").write_bytes(request.canonical)
    (tmp_path / "picture.png").write_bytes(PICTURE)
    for person in (BERT, CLEO, COMMANDER):
        (tmp_path / f"{person.name}.json").write_bytes(scene.assertion(person).canonical)
        write_key(tmp_path / f"{person.name}.pem", person.key)
    directory = Directory(keys=entries_of([scene.directory.public]), assurances=("file", "hardware"))
    (tmp_path / "directory.json").write_bytes(directory.to_bytes())
    return tmp_path


def write_key(path: Path, key: PrivateKey) -> None:
    save(path, key, "")


def sign(run, desk: Path, person: Person, *more: object, answer: str | None = None):
    words = ("sign", desk / "hold.json", "--assertion", desk / f"{person.name}.json", "--out", desk / "signed.json")
    key = () if "--pkcs11" in more else ("--key", desk / f"{person.name}.pem")
    return run(*words, *key, *more, input=answer)


def opened(desk: Path) -> tuple[object, ...]:
    return ("--evidence", desk / "picture.png")


@pytest.mark.parametrize("answer", ["", "\n", "yes\n", "ALLOW\n", "allow it\n", "a" * 1000, "break-glass\n"])
def test_silence_and_any_other_word_is_a_no(run, desk, answer) -> None:
    result = sign(run, desk, BERT, answer=answer)
    assert result.exit_code == 1
    assert "signoff/no-answer" in result.stderr
    assert not (desk / "signed.json").exists()


@pytest.mark.parametrize("stdin", [None, io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n"), "utf-8")])
def test_a_closed_or_garbled_input_is_a_no(run, desk, monkeypatch, stdin) -> None:
    monkeypatch.setattr(module, "sys", SimpleNamespace(stdin=stdin))
    assert "signoff/no-answer" in sign(run, desk, BERT).stderr
    assert not (desk / "signed.json").exists()


def test_nothing_is_asked_about_what_cannot_be_signed(run, desk, scene) -> None:
    cases = [
        (replace(BERT, name="requester-1"), "signoff/own-approval"),
        (replace(BERT, name="cook", roles=("cook",)), "signoff/role"),
    ]
    for person, code in cases:
        (desk / f"{person.name}.json").write_bytes(scene.assertion(person).canonical)
        result = sign(run, desk, person, answer="allow\n")
        assert code in result.stderr
        assert "type `allow`" not in result.stderr


def test_who_signs_is_told_that_the_machine_was_not_asked(run, desk, scene) -> None:
    assert "NOT ASKED" not in sign(run, desk, BERT, answer="deny\n").stderr
    unasked = replace(scene.binding, preconditions={}, diff=()).checked()
    (desk / "hold.json").write_bytes(ApprovalRequest(unasked, ShownLog("log.example", 7, bytes(32))).canonical)
    assert "NOT ASKED" in sign(run, desk, BERT, answer="deny\n").stderr


def test_a_file_that_was_changed_is_not_shown(run, desk) -> None:
    whole = json.loads((desk / "hold.json").read_bytes())
    whole["binding"]["arguments"]["latitude"] = 52.1
    (desk / "hold.json").write_text(json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    result = sign(run, desk, BERT, answer="allow\n")
    assert "signoff/rendering-differs" in result.stderr
    assert "latitude" not in result.stderr


def test_an_assertion_of_another_directory_is_refused_where_it_is_checked(run, desk, scene) -> None:
    strange = replace(scene, directory=key_of("another directory"))
    (desk / "bert.json").write_bytes(strange.assertion(BERT).canonical)
    result = sign(run, desk, BERT, "--directory", desk / "directory.json", answer="allow\n")
    assert "signoff/unknown-directory" in result.stderr


def test_another_persons_key_signs_nothing(run, desk) -> None:
    (desk / "bert.pem").unlink()
    write_key(desk / "bert.pem", CLEO.key)
    result = sign(run, desk, BERT, *opened(desk), answer="allow\n")
    assert "signoff/other-key" in result.stderr
    assert not (desk / "signed.json").exists()


def test_evidence_of_another_action_is_refused(run, desk) -> None:
    (desk / "picture.png").write_bytes(b"another picture")
    result = sign(run, desk, BERT, "--evidence", desk / "picture.png", answer="allow\n")
    assert "signoff/other-evidence" in result.stderr


def test_what_was_not_opened_is_not_allowed(run, desk) -> None:
    result = sign(run, desk, BERT, answer="allow\n")
    assert (result.exit_code, "signoff/evidence-unopened" in result.stderr) == (1, True)
    assert not (desk / "signed.json").exists()


def test_the_glass_is_broken_with_a_reason_and_the_whole_word(run, desk) -> None:
    assert "signoff/no-reason" in sign(run, desk, COMMANDER, "--break-glass", answer="break-glass\n").stderr
    assert "signoff/no-answer" in sign(run, desk, COMMANDER, "--break-glass", answer="allow\n").stderr
    words = ("--break-glass", "--reason", "the dam is breaking")
    assert sign(run, desk, COMMANDER, *words, answer="break-glass\n").exit_code == 0
    assert signed(desk).statement.decision == "break-glass"


def signed(desk: Path) -> SignedStatement:
    return SignedStatement.parse((desk / "signed.json").read_bytes())


def counts(desk: Path, scene: Scene) -> str:
    directory = Directory.parse((desk / "directory.json").read_bytes())
    people = People(directory, assertions=[], revocations=scene.revocations.canonical)
    return people.verify_statement(signed(desk), scene.binding, now_ms=time.time_ns() // 1_000_000).person


@pytest.mark.parametrize("person", [BERT, CLEO])
def test_what_is_allowed_counts_and_says_how_it_was_signed(run, desk, scene, person) -> None:
    more = (*opened(desk), "--reason", "seen", "--directory", desk / "directory.json")
    result = sign(run, desk, person, *more, answer="allow\n")
    assert result.exit_code == 0, result.stderr
    statement = signed(desk).statement
    assert (statement.decision, statement.own_machine, statement.blind) == ("allow", True, True)
    assert statement.evidence == (hashlib.sha256(PICTURE).hexdigest(),)
    assert statement.reason == "seen"
    assert counts(desk, scene) == person.name


@pytest.mark.parametrize(("option", "decision"), [("--deny", "deny"), ("--revoke", "revoke")])
def test_what_is_refused_needs_no_question(run, desk, scene, option, decision) -> None:
    result = sign(run, desk, BERT, option, "--json")
    assert json.loads(result.stdout)["result"]["decision"] == decision
    assert signed(desk).statement.decision == decision
    assert counts(desk, scene) == "bert"


def test_to_deny_is_as_easy_as_to_allow(run, desk) -> None:
    assert sign(run, desk, BERT, answer="deny\n").exit_code == 0
    assert signed(desk).statement.decision == "deny"


def test_the_action_is_shown_from_its_own_bytes_with_nothing_that_deceives(run, desk, scene) -> None:
    shown = sign(run, desk, BERT, answer="").stderr
    for line in scene.binding.rendered.rstrip("\n").split("\n"):
        assert line in shown
    assert scene.binding.digest.hex() in shown
    assert "NOT OPENED" in shown
    assert "own machine" in shown
    assert "2 as `release-officer`, path quorum" in shown
    assert "1 as `watch-commander`, path break-glass" in shown
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert "NOT OPENED" not in sign(run, desk, BERT, *opened(desk), answer="").stderr


def test_an_action_without_a_demand_for_ones_own_machine_says_nothing_of_it(run, desk) -> None:
    plain = make_scene((BERT,), now_ms=NOW_MS, evidence=())
    (desk / "hold.json").write_bytes(ApprovalRequest(plain.binding, ShownLog("log", 7, bytes(32))).canonical)
    assert "own machine, as here" not in sign(run, desk, BERT, answer="").stderr


def test_a_card_signs_what_counts(run, desk, scene, monkeypatch) -> None:
    """A person enrols a card as PIV cards are, the directory asserts it, and the card signs the action."""
    cards = softhsm_or_skip()
    monkeypatch.setattr("click.prompt", lambda *_, **__: PIN)
    card = ("--pkcs11", cards.module, "--token", CARD, "--key-id", "02")
    enrolled = run("approver", "enrol", "--person", "gina", "--out", desk / "enrolment.json", *card)
    assert enrolled.exit_code == 0, enrolled.stderr
    write_key(desk / "directory.pem", scene.directory)
    words = ("--role", ROLE, "--serial", 20, "--key", desk / "directory.pem", "--out", desk / "gina.json", "--yes")
    asserted = run("directory", "assert", desk / "enrolment.json", *words)
    assert asserted.exit_code == 0, asserted.stderr
    result = sign(run, desk, Person("gina"), *card, *opened(desk), answer="allow\n")
    assert result.exit_code == 0, result.stderr
    assert signed(desk).statement.assurance == "hardware"
    assert counts(desk, scene) == "gina"

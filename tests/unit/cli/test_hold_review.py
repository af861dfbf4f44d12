"""Reviews of broken glass from the command line: shown, signed with a key of one's own, and handed in."""

import json
import time
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.crypto.party_keys import save
from brightline.domain.sign_off.review import SignedReview
from brightline.domain.sign_off.statement import BREAK_GLASS, ShownLog
from brightline.oversight.review_request import ReviewRequest
from brightline.testing.sign_off import BERT, CLEO, Scene, make_scene

NOW_MS = time.time_ns() // 1_000_000
HOLD = "5f3c0d1e2a4b59687786958493a2b1c0"
DUE = {"hold": HOLD, "what": "set_valve", "person": "walter", "opened": "t0", "due": "t1", "damaged": False}
JUDGED = ("--justified", "--reason", "looked at it")


@pytest.fixture
def scene() -> Scene:
    return make_scene((BERT,), now_ms=NOW_MS)


@pytest.fixture
def request_json(scene: Scene) -> bytes:
    broken = scene.statement(BERT, BREAK_GLASS, reason="the dam \x1b[2J is failing")
    return ReviewRequest(scene.binding, ShownLog("log.example", 7, bytes(32)), (broken,)).canonical


@pytest.fixture
def desk(data_dir: Path, scene: Scene, request_json: bytes) -> Path:
    """What lies on a reviewer's desk."""
    for person in (BERT, CLEO):
        (data_dir / f"{person.name}.json").write_bytes(scene.assertion(person).canonical)
        save(data_dir / f"{person.name}.pem", person.key, "")
    (data_dir / "request.json").write_bytes(request_json)
    return data_dir


def mine(desk: Path, name: str = "cleo") -> tuple[object, ...]:
    return ("--assertion", desk / f"{name}.json", "--key", desk / f"{name}.pem")


@pytest.mark.parametrize(
    "words",
    [
        (HOLD,),
        (HOLD, "--justified"),
        (HOLD, "--reason", "r"),
        (HOLD, "--justified", "--reason", " "),
        (HOLD, *JUDGED),
        ("--justified",),
        ("--reason", "r"),
        (HOLD, *JUDGED, "--assertion", "a.json", "--out", "r.json"),
        (HOLD, *JUDGED, "--assertion", "a.json", "--request", "q.json", "--out", "r.json"),
        (*JUDGED, "--assertion", "a.json", "--request", "q.json"),
    ],
)
def test_half_a_judgement_is_none(run, gateway, data_dir, words) -> None:
    result = run("hold", "review", *words, "--data", data_dir)
    assert result.exit_code == 2
    assert gateway.asked == []


def test_lists_what_waits(run, gateway, data_dir) -> None:
    gateway.answer({"reviews": []})
    assert run("hold", "review", "--data", data_dir).stdout == "no review is due\n"
    gateway.answer({"reviews": [DUE]})
    result = run("hold", "review", "--data", data_dir)
    assert (result.exit_code, result.stdout) == (0, f'{HOLD}  due t1  "set_valve", broken by "walter"\n')
    assert gateway.asked[0] == {"command": "hold.reviews", "args": {}}


def test_says_what_cannot_be_read(run, gateway, data_dir) -> None:
    gateway.answer({"reviews": [{**DUE, "damaged": True}, DUE]})
    result = run("hold", "review", "--data", data_dir)
    assert result.exit_code == 1
    assert "CANNOT BE READ" in result.stdout
    assert json.loads(run("hold", "review", "--data", data_dir, "--json").stdout)["ok"] is False


def test_shows_what_is_judged_and_signs_it(run, desk, scene) -> None:
    out = desk / "review.json"
    result = run("hold", "review", "--request", desk / "request.json", "--out", out, *mine(desk), *JUDGED)
    assert result.exit_code == 0, result.stderr
    shown = result.stderr
    assert scene.binding.rendered.splitlines()[0] in shown
    assert r'broken by  bert, as `release-officer`: "the dam \u{1B}[2J is failing"' in shown.replace("{001B}", "{1B}")
    signed = SignedReview.parse(out.read_bytes())
    assert (signed.review.person, signed.review.verdict, signed.review.words) == ("cleo", "justified", "looked at it")
    assert (signed.review.binding, signed.review.log.size) == (scene.binding.digest.hex(), 7)
    assert "cleo found the broken glass justified" in result.stdout


def test_whoever_broke_the_glass_signs_no_review(run, desk) -> None:
    out = desk / "review.json"
    result = run("hold", "review", "--request", desk / "request.json", "--out", out, *mine(desk, "bert"), *JUDGED)
    assert (result.exit_code, out.exists()) == (1, False)
    assert "hold/own-review" in result.stderr


def test_a_key_that_is_not_asserted_signs_nothing(run, desk) -> None:
    key = ("--assertion", desk / "cleo.json", "--key", desk / "bert.pem")
    result = run("hold", "review", "--request", desk / "request.json", "--out", desk / "review.json", *key, *JUDGED)
    assert "signoff/other-key" in result.stderr


@pytest.mark.parametrize(("option", "verdict"), [("--justified", "justified"), ("--not-justified", "not-justified")])
def test_what_the_gateway_asks_is_signed_and_handed_in(run, gateway, desk, request_json, option, verdict) -> None:
    told = {"hold": HOLD, "person": "cleo", "verdict": verdict, "request": request_json.decode()}
    gateway.answer(told)
    result = run("hold", "review", HOLD, option, "--reason", "looked at it", *mine(desk), "--data", desk)
    assert result.stdout == f"cleo found the broken glass {verdict.replace('-', ' ')}\n"
    asked, sent = gateway.asked
    assert asked == {"command": "hold.review-request", "args": {"hold": HOLD}}
    signed = SignedReview.parse(b64decode(sent["args"]["review"]))
    assert (sent["command"], signed.review.verdict) == ("hold.review", verdict)


def test_a_review_signed_elsewhere_is_handed_in_as_it_is(run, gateway, desk, scene) -> None:
    data = scene.review(replace(CLEO)).canonical
    (desk / "signed.json").write_bytes(data)
    gateway.answer({"hold": HOLD, "person": "cleo", "verdict": "justified"})
    assert run("hold", "review", "--signed", desk / "signed.json", "--data", desk).exit_code == 0
    assert b64decode(gateway.asked[0]["args"]["review"]) == data

import json

import pytest

from brightline.oversight.measure import VoteRecord, as_json, measure

WHOLE = {"damaged": [], "store_differs": []}


def votes(*decisions: str, person: str, decoy: bool = True) -> list[VoteRecord]:
    return [
        VoteRecord(f"{decoy}-{number}", person, "officer", "high", decision, decoy, 12_300, 2, 1, 0, number)
        for number, decision in enumerate(decisions)
    ]


BERT = votes(*["deny"] * 9, "allow", person="bert")
ANNA = [*votes(*["allow"] * 20, person="anna"), *votes("allow", "deny", person="anna", decoy=False)]


def test_says_that_nobody_has_voted(run, gateway, data_dir) -> None:
    gateway.answer({**as_json(measure([])), "reviews_overdue": 0, **WHOLE})
    done = run("oversight", "report", "--data", data_dir)
    assert (done.exit_code, done.stdout) == (0, "nobody has voted yet\n")
    assert gateway.asked == [{"command": "oversight.report", "args": {}}]


def test_ends_with_1_when_somebody_does_not_look(run, gateway, data_dir) -> None:
    gateway.answer({**as_json(measure([*ANNA, *BERT])), "reviews_overdue": 1, **WHOLE})
    done = run("oversight", "report", "--data", data_dir)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "32 votes on 22 holds"
    assert "  decoys caught            9 of 30 (30 %), 95 % interval 15 % to 49 %" in lines
    assert "  who allows with whom     0.00 of 0.00 bits" in lines
    assert "  reviews overdue          1, of broken glass: nobody may break it until they are done" in lines
    anna = lines.index("anna: 22 votes, at most 22 in an hour  FLAGGED: does not look")
    assert lines[anna + 1 : anna + 6] == [
        "  decoys caught            0 of 20 (0 %), 95 % interval 0 % to 17 %",
        "  actions allowed          1 of 2 (50 %)",
        "  allowed below the floor  21 of 21 (100 %)",
        "  evidence opened          22 of 44 (50 %)",
        "  time with the action     12.3 s (median)",
    ]
    assert "bert: 10 votes, at most 10 in an hour" in lines


def test_one_who_looks_is_no_reason_to_fail(run, gateway, data_dir) -> None:
    gateway.answer({**as_json(measure(votes("deny", person="bert"))), "reviews_overdue": 0, **WHOLE})
    done = run("oversight", "report", "--data", data_dir)
    assert done.exit_code == 0
    assert "  actions allowed          0 of 0" in done.stdout.splitlines()
    assert "overdue" not in done.stdout


def test_the_report_for_machines(run, gateway, data_dir) -> None:
    gateway.answer({**as_json(measure(ANNA)), "reviews_overdue": 0, **WHOLE})
    done = run("oversight", "report", "--data", data_dir, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["result"]["approvers"][0]["flagged"] is True


@pytest.mark.parametrize(("found", "said"), [("damaged", "CANNOT BE READ"), ("store_differs", "DIFFERS")])
def test_what_is_wrong_with_the_store_is_said(run, gateway, data_dir, found, said):
    gateway.answer({**as_json(measure([])), "reviews_overdue": 0, **WHOLE, found: ["5f3c"]})
    result = run("oversight", "report", "--data", data_dir)
    assert result.exit_code == 1
    assert f"hold 5f3c {said}" in result.stdout

ROW = {
    "person": "ana",
    "roles": ["a", "b"],
    "serial": 7,
    "key": "k",
    "assurance": "hardware",
    "not_before_ms": 0,
    "not_after_ms": 1_795_000_000_000,
    "why": "",
}


def test_says_how_to_begin(run, gateway, data_dir) -> None:
    gateway.answer({"people": []})
    assert "nobody can sign yet" in run("approver", "list", "--data", data_dir).stdout


def test_shows_who_signs_and_what_keeps_others_from_it(run, gateway, data_dir) -> None:
    gateway.answer({"people": [ROW, {**ROW, "person": "ben", "why": "signoff/revoked"}]})
    first, second = run("approver", "list", "--data", data_dir).stdout.splitlines()
    assert first.startswith("signs ")
    assert "ana: a, b; until 2026-11-18" in first
    assert second.startswith("signoff/revoked ")
    assert gateway.asked == [{"command": "people.list", "args": {}}]

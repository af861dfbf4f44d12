HOLD = "5f3c0d1e2a4b59687786958493a2b1c0"
ROW = {
    "hold": HOLD,
    "state": "open",
    "kind": "tool-call",
    "what": "release_payload",
    "audience": "uav-1.example",
    "requester": "ana",
    "risk": "top",
    "expires": "2026-11-23T10:00:00.000Z",
}


def test_more_than_can_be_shown_is_not_understood(run, gateway, data_dir) -> None:
    assert run("hold", "list", "--last", "201", "--data", data_dir).exit_code == 2
    assert run("hold", "list", "--last", "0", "--data", data_dir).exit_code == 2
    assert gateway.asked == []


def test_says_that_nothing_is_held(run, gateway, data_dir) -> None:
    gateway.answer({"holds": []})
    assert run("hold", "list", "--data", data_dir).stdout == "nothing is held\n"
    assert gateway.asked == [{"command": "hold.list", "args": {"last": 50, "all": False}}]


def test_one_hold_a_line_with_nothing_that_deceives(run, gateway, data_dir) -> None:
    gateway.answer({"holds": [ROW, {**ROW, "state": "approved", "what": "set\u202evalve\n"}]})
    first, second = run("hold", "list", "--all", "--last", "7", "--data", data_dir).stdout.splitlines()
    assert first == f'{HOLD}  open      top   until 2026-11-23T10:00:00.000Z  "release_payload" for "ana"'
    assert '"set\\u{202E}valve\\u{A}"' in second
    assert gateway.asked == [{"command": "hold.list", "args": {"last": 7, "all": True}}]

SAID = {"data_subjects": 2, "mentions": 0, "settled": 0, "unreadable": 1, "effects": {}, "tokens": 52, "money": 0}
TOLD = {
    "entry": 2,
    "of": 1,
    "use": "00" * 16,
    "time_ms": 0,
    "place": {"unit": "org/unit", "principal": "ab" * 16},
    "said": SAID,
    "adds": {"people": 12, "tokens": 52},
}


def test_says_in_numbers_what_an_entry_adds(run, gateway, data_dir) -> None:
    gateway.answer(TOLD)
    lines = run("meter", "explain", "2", "--data", data_dir).stdout.splitlines()
    assert lines[0] == f"entry 2, 1970-01-01T00:00:00.000Z: use {'00' * 16}, of entry 1"
    assert [line.split() for line in lines[1:3]] == [["unit", '"org/unit"'], ["principal", f'"{"ab" * 16}"']]
    assert lines[3:] == [
        "         2 people with an identifier",
        "         1 parts that nobody can read",
        "        52 tokens",
        "  people rises by at most 12",
        "  tokens rises by at most 52",
    ]
    assert gateway.asked == [{"command": "meter.explain", "args": {"index": 2}}]


def test_acts_and_whom_an_authority_covers(run, gateway, data_dir) -> None:
    gateway.answer({**TOLD, "said": {**SAID, "effects": {"read": 3}, "covered": 2, "covered_by": "w-1"}, "place": None})
    printed = run("meter", "explain", "2", "--data", data_dir).stdout
    assert '         2 people covered by authority "w-1"\n' in printed
    assert "         3 acts of effect read" in printed


def test_an_entry_is_a_number(run, gateway, data_dir) -> None:
    assert run("meter", "explain", "x", "--data", data_dir).exit_code == 2
    assert run("meter", "explain", "-1", "--data", data_dir).exit_code == 2

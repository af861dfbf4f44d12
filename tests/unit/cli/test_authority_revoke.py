def test_says_from_when_on(run, gateway, data_dir) -> None:
    gateway.answer({"id": "w-1", "entry": 18})
    assert run("authority", "revoke", "w-1", "--data", data_dir).stdout == '"w-1" covers nobody from entry 18 on\n'
    assert gateway.asked == [{"command": "authority.revoke", "args": {"id": "w-1"}}]


def test_one_that_is_not_there(run, gateway, data_dir) -> None:
    gateway.refuse("metering/authority-unknown")
    assert run("authority", "revoke", "w-9", "--data", data_dir).exit_code == 1

ROW = {
    "id": "w-1",
    "kind": "warrant",
    "issuer": "Court\u202e",
    "organisation": "org",
    "unit": "unit",
    "persons": 2,
    "from_ms": 0,
    "until_ms": 1000,
    "state": "covers",
}


def test_one_a_line_with_nothing_that_deceives(run, gateway, data_dir) -> None:
    gateway.answer({"authorities": [ROW]})
    assert run("authority", "list", "--data", data_dir).stdout == (
        '"w-1"  covers  2 persons  "warrant" by "Court\\u{202E}" for "org/unit", '
        "1970-01-01T00:00:00.000Z until 1970-01-01T00:00:01.000Z\n"
    )
    gateway.answer({"authorities": []})
    assert run("authority", "list", "--data", data_dir).stdout == "none is registered\n"

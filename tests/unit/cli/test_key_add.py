import json

GRANT = ["--name", "ana", "--organisation", "agency", "--unit", "desk-3", "--app", "notebook"]


def test_a_refusal_exits_1(gateway, data_dir, run) -> None:
    gateway.refuse("identity/bad-name", "`name` is not a name")
    result = run("key", "add", "--data", data_dir, *GRANT)
    assert result.exit_code == 1
    assert "error: `name` is not a name (identity/bad-name)" in result.stderr


def test_shows_the_secret_once_on_standard_output(gateway, data_dir, run, key) -> None:
    gateway.answer({**key, "secret": "bl_1a2b3c4d_SECRET"})
    result = run("key", "add", "--data", data_dir, *GRANT, "--mission", "flood-relief", "--role", "analyst")
    assert result.exit_code == 0
    assert result.stdout.count("bl_1a2b3c4d_SECRET") == 1
    assert "missions: flood-relief (default), harbour-watch" in result.stdout
    assert "entry 7" in result.stdout
    assert result.stderr == ""
    assert gateway.asked[0] == {
        "command": "key.add",
        "args": {
            "name": "ana",
            "organisation": "agency",
            "unit": "desk-3",
            "app": "notebook",
            "roles": ["analyst"],
            "missions": ["flood-relief"],
            "default_mission": "flood-relief",
            "owner": "",
        },
    }


def test_json(gateway, data_dir, run, key) -> None:
    gateway.answer({**key, "secret": "bl_1a2b3c4d_SECRET"})
    result = run("key", "add", "--data", data_dir, *GRANT, "--json")
    assert json.loads(result.stdout)["result"]["secret"] == "bl_1a2b3c4d_SECRET"

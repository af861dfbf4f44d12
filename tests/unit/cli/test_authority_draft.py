import pytest

ARGUMENTS = ("--id", "w-1", "--kind", "warrant", "--issuer", "Court", "--organisation", "org", "--unit", "unit")


@pytest.fixture(name="people")
def _people(tmp_path):
    path = tmp_path / "people.txt"
    path.write_text("# two persons\nemail ann@example.org\n\n  passport  X 1234567 \n")
    return path


def test_writes_what_its_issuer_signs(run, gateway, data_dir, people, tmp_path) -> None:
    gateway.answer({"authority": '{"id":"w-1"}', "persons": 2})
    out = tmp_path / "w-1.json"
    more = ("--from", "2026-11-23T00:00:00Z", "--days", "2", "--persons", people, "--out", out, "--data", data_dir)
    done = run("authority", "draft", *ARGUMENTS, *map(str, more))
    assert done.exit_code == 0
    assert out.read_bytes() == b'{"id":"w-1"}'
    assert "2 persons; have it signed" in done.stdout
    [asked] = gateway.asked
    assert asked["command"] == "authority.draft"
    assert asked["args"]["persons"] == [
        {"kind": "email", "value": "ann@example.org"},
        {"kind": "passport", "value": "X 1234567"},
    ]
    assert asked["args"]["expires_ms"] - asked["args"]["not_before_ms"] == 2 * 86_400_000
    assert asked["args"]["not_before_ms"] == 1_795_392_000_000
    assert {name: asked["args"][name] for name in ("id", "kind", "issuer", "organisation", "unit")} == {
        "id": "w-1",
        "kind": "warrant",
        "issuer": "Court",
        "organisation": "org",
        "unit": "unit",
    }


def test_from_now_on_where_nobody_says_when(run, gateway, data_dir, people, tmp_path) -> None:
    gateway.answer({"authority": "{}", "persons": 1})
    more = ("--days", "1", "--persons", people, "--out", tmp_path / "o", "--data", data_dir)
    assert run("authority", "draft", *ARGUMENTS, *map(str, more)).exit_code == 0
    assert gateway.asked[0]["args"]["not_before_ms"] > 1_700_000_000_000


def test_a_line_that_names_nobody_refuses(run, gateway, data_dir, people, tmp_path) -> None:
    people.write_text("email ann@example.org\nemail\n")
    more = ("--days", "1", "--persons", people, "--out", tmp_path / "o", "--data", data_dir)
    done = run("authority", "draft", *ARGUMENTS, *map(str, more))
    assert done.exit_code == 1
    assert "line 2" in done.stderr
    assert "cli/bad-person" in done.stderr
    assert gateway.asked == []

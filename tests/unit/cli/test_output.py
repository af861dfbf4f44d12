import json

from brightline.cli.output import report, report_failure, rows_of


def test_machines_get_one_object(capsys) -> None:
    report({"a": 1}, ["one", "two"], as_json=True)
    assert json.loads(capsys.readouterr().out) == {"ok": True, "result": {"a": 1}}
    report({"a": 1}, [], as_json=True, ok=False)
    assert json.loads(capsys.readouterr().out)["ok"] is False
    report_failure(code="cli/x", message="m", hint="h", as_json=True)
    said = capsys.readouterr()
    assert json.loads(said.out) == {"ok": False, "error": {"code": "cli/x", "message": "m", "hint": "h"}}
    assert said.err == "error: m (cli/x)\nnext: h\n"


def test_people_get_lines(capsys) -> None:
    report({"a": 1}, ["one", "two"], as_json=False)
    assert capsys.readouterr().out == "one\ntwo\n"


def test_rows_are_objects_only() -> None:
    assert rows_of({"keys": [{"a": 1}, 2]}, "keys") == [{"a": 1}]
    assert rows_of({"keys": "no"}, "keys") == []
    assert rows_of({}, "keys") == []

"""The differential run: it goes on where it stopped, and a difference becomes a plain case."""

import json

import pytest

from brightline.policy import operators
from tests.benchmarks import policy_differential as differential
from tests.benchmarks.differential_case import from_lists, shrunk
from tests.benchmarks.harness import Options


def test_a_run_is_taken_up_where_it_stopped(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(differential, "BROKEN", {})
    state, whole = tmp_path / "state.json", tmp_path / "whole.json"
    for requests in (100, 200):
        result = differential.run(Options(arguments=(f"state={state}", f"requests={requests}", "seed=3")))
        assert [bar.measured for bar in result.bars[:2]] == [requests, 0]
    differential.run(Options(arguments=(f"state={whole}", "requests=200", "seed=3")))
    assert json.loads(state.read_text()) == json.loads(whole.read_text())
    assert "seed 3; 200 requests in sets of 50; from 100" in capsys.readouterr().out


def test_a_difference_is_shrunk(monkeypatch):
    monkeypatch.setattr(operators, "add", lambda left, right: left + right)
    state = differential.State(seed=1)
    found = None
    while found is None:
        found = next(differential.one_set(state), None)
        assert state.sets < 400
    case, one = from_lists(shrunk(found, differential._differ))
    assert (len(case.policies), "+" in case.policies[0]) == (1, True)
    assert one.as_json()["action"] == {"type": "Action", "id": "a"}


@pytest.mark.parametrize("name", sorted(differential.BROKEN))
def test_what_is_broken_on_purpose_is_an_operator(name):
    assert callable(getattr(operators, name))

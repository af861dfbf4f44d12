"""A schema with every type, requests under it, and policies as the encoder and the evaluator see them."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import cedarpy

from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine
from brightline.policy.entities import record_of, store_of
from brightline.policy.proof.encode import Chart, Environment, Problem
from brightline.policy.proof.evaluation import assignment_of, evaluate_all
from brightline.policy.proof.schema_model import SchemaModel
from brightline.policy.proof.schema_text import read_schema_text
from brightline.policy.proof.solver import Limits

SCHEMA = """
type Point = { x: Long, y?: Long };
entity Team in Team;
entity Org;
entity Badge in Org;
entity Kind enum ["red", "green", "blue"];
entity User in [Team, Badge] {
  name: String, age: Long, boss?: User, ip: ipaddr, point: Point, roles: Set<String>, friends: Set<User>,
} tags Long;
entity File { owner: User, kinds: Set<Kind>, points: Set<Point>, flags: Set<Bool>, from: Set<ipaddr> } tags Set<String>;
entity Box;
action group;
action call in group appliesTo {
  principal: User, resource: File,
  context: {
    n: Long, m: Long, s: String, t: String, b: Bool, d: decimal, at: datetime, span: duration, ip: ipaddr,
    words: Set<String>, others: Set<String>, teams: Set<Team>, numbers: Set<Long>, kind: Kind, opt?: String,
    inner?: { a?: Bool, p: Point }, nested: Set<Set<Long>>,
  },
};
action bare appliesTo { principal: User, resource: Box };
"""
MODEL: SchemaModel = read_schema_text(SCHEMA)
CALL = Environment("User", ("Action", "call"), "File")
LIMITS = Limits(seconds=20)


def uid(kind: str, name: str) -> dict:
    return {"__entity": {"type": kind, "id": name}}


def extn(name: str, argument: str) -> dict:
    return {"__extn": {"fn": name, "arg": argument}}


def user(name: str, parents: Sequence[tuple[str, str]] = (), **attrs: object) -> dict:
    plain = {
        "name": name,
        "age": 30,
        "ip": extn("ip", "10.0.0.1"),
        "point": {"x": 1},
        "roles": ["a", "b"],
        "friends": [uid("User", "bob")],
    }
    listed = [{"type": kind, "id": one} for kind, one in parents]
    return {"uid": {"type": "User", "id": name}, "attrs": {**plain, **attrs}, "parents": listed, "tags": {"level": 3}}


def bare(kind: str, name: str, parents: Sequence[tuple[str, str]] = ()) -> dict:
    return {
        "uid": {"type": kind, "id": name},
        "attrs": {},
        "parents": [{"type": one, "id": other} for one, other in parents],
    }


FILE = {
    "uid": {"type": "File", "id": "f"},
    "attrs": {
        "owner": uid("User", "ann"),
        "kinds": [uid("Kind", "red")],
        "points": [{"x": 1}, {"x": 2, "y": 3}],
        "flags": [True],
        "from": [extn("ip", "10.0.0.0/8")],
    },
    "parents": [],
    "tags": {"labels": ["a"]},
}
ENTITIES = [
    user("ann", [("Team", "t1"), ("Badge", "b1")], boss=uid("User", "bob")),
    user("bob", age=2**62, ip=extn("ip", "::1")),
    FILE,
    bare("Team", "t1", [("Team", "t2")]),
    bare("Team", "t2"),
    bare("Badge", "b1", [("Org", "o1")]),
    bare("Org", "o1"),
    *[bare("Kind", name) for name in ("red", "green", "blue")],
    bare("Action", "group"),
    bare("Action", "call", [("Action", "group")]),
]
CONTEXT = {
    "n": 3,
    "m": 4,
    "s": "abc",
    "t": "abd",
    "b": True,
    "d": extn("decimal", "1.5"),
    "at": extn("datetime", "2026-11-23T01:02:03.004Z"),
    "span": extn("duration", "-1d2h"),
    "ip": extn("ip", "127.0.0.1"),
    "words": ["a", "b"],
    "others": ["b"],
    "teams": [uid("Team", "t2")],
    "numbers": [1, 2],
    "kind": uid("Kind", "red"),
    "nested": [[1]],
}
OTHER = {
    **CONTEXT,
    "n": 2**63 - 1,
    "s": "xyz",
    "b": False,
    "d": extn("decimal", "-0.0001"),
    "at": extn("datetime", "1969-12-31"),
    "span": extn("duration", "25h"),
    "ip": extn("ip", "ff02::1/64"),
    "words": [],
    "others": ["c"],
    "teams": [],
    "numbers": [],
    "kind": uid("Kind", "blue"),
    "opt": "o",
    "inner": {"a": True, "p": {"x": 1, "y": 2}},
}


def request(context: Mapping = CONTEXT, principal: str = "ann") -> dict:
    return {
        "principal": {"type": "User", "id": principal},
        "action": {"type": "Action", "id": "call"},
        "resource": {"type": "File", "id": "f"},
        "context": dict(context),
    }


REQUESTS = [request(), request(OTHER), request(principal="bob"), request(OTHER, principal="nobody")]


def policy(text: str) -> Mapping:
    """One policy, or one whose only condition is the expression `text`."""
    whole = text if text.endswith(";") else f"permit(principal, action, resource) when {{ {text} }};"
    return next(iter(json.loads(cedarpy.policies_to_json_str(whole))["staticPolicies"].values()))


def problem(chart: Chart = Chart.PARTIAL, environment: Environment = CALL) -> Problem:
    return Problem(MODEL, environment, chart=chart)


class Answer(NamedTuple):
    satisfied: bool
    errored: bool


def by_terms(written: Mapping, asked: Mapping, about: Problem, entities: Sequence[Mapping] = ENTITIES) -> Answer:
    terms = [about.satisfied(written), about.errored(written)]
    return Answer(*map(bool, evaluate_all(terms, assignment_of(MODEL, asked, entities))))


def by_engine(written: Mapping, asked: Mapping, entities: Sequence[Mapping] = ENTITIES) -> Answer:
    store = store_of(entities)
    engine = Engine(compile_policies([dict(written)]).bind(store.handle))
    uids = [(asked[part]["type"], asked[part]["id"]) for part in ("principal", "action", "resource")]
    found = engine.evaluate(*map(store.handle, uids), record_of(asked["context"], store))
    return Answer(bool(found.satisfied), bool(found.errored))


def agreed(text: str, requests: Sequence[Mapping] = REQUESTS) -> list[Answer]:
    """What the encoder finds for each request, which must be what the evaluator finds."""
    written, about = policy(text), problem()
    found = [by_terms(written, asked, about) for asked in requests]
    assert found == [by_engine(written, asked) for asked in requests], text
    return found

"""Attacks on the form: signed by everybody, and still no release, since two readers could read it differently."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from brightline.domain.sign_off.canonical import MAX_NUMBER
from brightline.testing.sign_off import NOW_MS
from tests.releases.edits import exchange, loose_base64
from tests.releases.forger import Attack, Edit, Forged, Object, at, drop, put

# A value of a wrong kind, and values out of bounds, for each kind of field.
LONG = "x" * 2001
WRONG: Mapping[str, Sequence[object]] = {
    "id": ("", "two words", "-x", "u\u0430v", "a" * 129, 7, None, []),
    "tool": ("", "two words", "-x", "a" * 129, 7, None),
    "hex32": ("AB" * 16, "ab" * 15, "ab" * 17, "", None),
    "hex64": ("AB" * 32, "ab" * 31, "ab" * 33, "", None, "ab" * 31 + "a\n"),
    "name": ("x" * 201, 7, None, ["x"], {}),
    "text": (LONG, 7, None, ["x"], {}),
    "reason": ("x" * 501, 7, None, False),
    "time": (-1, 253_402_300_800_000, 1.5, "1", None, True),
    "count": (-1, 0.5, "1", None, True, MAX_NUMBER + 1),
    "one": (0, 2, True, "1", 1.5),
    "quorum": (0, 17, 1.5, True, "2"),
    "flag": (0, 1, "true", None),
    "object": ([], "x", None, 1),
    "list": ({}, "x", None, 1),
    "word": ("other", "", 1, None),
    "bytes": ("A", "AB==", "AAA", "A===", "AA==\n", "é", "", 7, None),
}
BINDING: Mapping[str, str] = {
    **dict.fromkeys(("hold", "nonce"), "hex32"),
    **dict.fromkeys(("definition", "agreement.digest", "evidence.0.sha256"), "hex64"),
    **dict.fromkeys(("audience", "rules.0.id", "rules.0.role"), "id"),
    **dict.fromkeys(("kind", "risk", "format", "rendering.template"), "word"),
    **dict.fromkeys(("call_id", "mission", "diff.0.name", "requester.key", "requester.organisation"), "name"),
    **dict.fromkeys(("requester.unit", "requester.app", "model.deployment", "model.model"), "name"),
    **dict.fromkeys(("agreement.id", "agreement.enclave", "evidence.0.label", "evidence.0.type"), "name"),
    **dict.fromkeys(("purpose", "authority", "diff.0.before", "diff.0.after", "rules.0.clause"), "text"),
    **dict.fromkeys(("rules.0.source", "rules.0.reason", "preconditions.uav-1/state"), "text"),
    **dict.fromkeys(
        ("arguments", "preconditions", "requester", "model", "agreement", "rendering", "rules.0"), "object"
    ),
    **dict.fromkeys(("diff", "rules", "evidence"), "list"),
    **dict.fromkeys(("not_before_ms", "not_after_ms"), "time"),
    "tool": "tool",
    "agreement.version": "quorum-like",
    "rules.0.quorum": "quorum",
    "own_machine": "flag",
    "max_uses": "one",
}
STATEMENT: Mapping[str, str] = {
    **dict.fromkeys(("binding", "key", "rendering", "evidence.0"), "hex64"),
    **dict.fromkeys(("person", "role"), "id"),
    **dict.fromkeys(("decision", "assurance", "format"), "word"),
    **dict.fromkeys(("own_machine", "blind"), "flag"),
    **dict.fromkeys(("log.size", "dwell_ms"), "count"),
    "log": "object",
    "log.origin": "name",
    "log.root": "bytes",
    "evidence": "list",
    "reason": "reason",
    "signed_at_ms": "time",
}
ASSERTION: Mapping[str, str] = {
    **dict.fromkeys(("person", "roles.0"), "id"),
    **dict.fromkeys(("key.algorithm", "key.assurance", "format"), "word"),
    **dict.fromkeys(("not_before_ms", "not_after_ms"), "time"),
    "key": "object",
    "key.id": "hex64",
    "key.public": "bytes",
    "roles": "list",
    "serial": "count",
}
RELEASE: Mapping[str, str] = {
    **dict.fromkeys(("path", "format"), "word"),
    **dict.fromkeys(("hold_entry", "binding"), "object"),
    "statements": "list",
    "hold_entry.leaf": "bytes",
}


def _fields() -> Iterator[Attack]:
    """Each field of each object with each value that it must not have, and each field taken away."""
    for part, fields in (
        ("binding", BINDING),
        ("statement", STATEMENT),
        ("assertion", ASSERTION),
        ("release", RELEASE),
    ):
        for path, kind in fields.items():
            for value in WRONG.get(kind, (0, -1, 1.5, "1", None)):
                yield _wrong(f"{part}: {path} is {value!r:.20}", part, put(path, value))
            if not path[-1].isdigit() and path != "preconditions.uav-1/state":
                yield _wrong(f"{part}: no {path}", part, drop(path))
        yield _wrong(f"{part}: a field too many", part, put("extra", None))


def _wrong(name: str, part: str, edit: Edit, *, late: bool = False) -> Attack:
    changed: Mapping[str, Forged] = {
        "binding": Forged(rendered=edit) if late else Forged(binding=edit),
        "statement": Forged(statement=at(1, edit)),
        "assertion": Forged(assertion=at(1, edit)),
        "release": Forged(release=edit),
    }
    return name, "effector/malformed", changed[part]


def _twice(path: str) -> Edit:
    """An edit that puts the first item of a list there once more."""

    def edit(whole: Object) -> None:
        part: Any = whole
        for step in path.split("."):
            part = part[step]
        part.append(part[0])

    return edit


def _deep(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


MALFORMED: tuple[tuple[str, Forged], ...] = (
    ("a space before", Forged(raw=lambda data: b" " + data)),
    ("a newline after", Forged(raw=lambda data: data + b"\n")),
    ("a space between", Forged(raw=exchange(b'":', b'": '))),
    (
        "names in another order",
        Forged(raw=exchange(b'"latitude":52.0907,"longitude":5.1214', b'"longitude":5.1214,"latitude":52.0907')),
    ),
    ("a number in another form", Forged(raw=exchange(b"52.0907", b"5.20907e1"))),
    ("a whole number with a point", Forged(raw=exchange(b'"max_uses":1,', b'"max_uses":1.0,'))),
    ("an escape for nothing", Forged(raw=exchange(b"parcel", b"\\u0070arcel"))),
    ("an escaped slash", Forged(raw=exchange(b"image/png", b"image\\/png"))),
    ("a name twice", Forged(raw=exchange(b'{"binding":', b'{"binding":{},"binding":'))),
    ("an argument twice", Forged(raw=exchange(b'{"latitude":', b'{"latitude":0,"latitude":'))),
    ("an argument twice, once escaped", Forged(raw=exchange(b'{"latitude":', b'{"\\u006catitude":0,"latitude":'))),
    ("two releases", Forged(raw=lambda data: data + data)),
    ("cut short", Forged(raw=lambda data: data[:-1])),
    ("a byte order mark", Forged(raw=lambda data: b"\xef\xbb\xbf" + data)),
    ("no UTF-8", Forged(raw=exchange(b"parcel", b"\xffarcel"))),
    ("a surrogate in UTF-8", Forged(raw=exchange(b"parcel", b"\xed\xa0\x80arcel"))),
    ("a lone surrogate", Forged(raw=exchange(b"parcel", b"\\ud800arcel"))),
    (
        "an argument beyond 2^53",
        Forged(binding=put("arguments.latitude", MAX_NUMBER + 2), arguments=exchange(b"52.0907", b"9007199254740993")),
    ),
    (
        "an argument of 2^53",
        Forged(binding=put("arguments.latitude", MAX_NUMBER + 1), arguments=exchange(b"52.0907", b"9007199254740992")),
    ),
    (
        "a signature in a second encoding",
        Forged(signature=at(1, lambda it: put("value", loose_base64(it["value"]))(it))),
    ),
    ("arguments too deep", Forged(binding=put("arguments.payload", _deep(33)))),
    ("not a number", Forged(raw=exchange(b"52.0907", b"NaN"))),
    ("a list", Forged(raw=lambda data: b"[" + data + b"]")),
    ("larger than any release", Forged(raw=lambda data: data + b" " * (2 << 20))),
    ("more than a binding may say", Forged(binding=put("rules.0.reason", "x" * 2001))),
    ("a field too many in the requester", Forged(binding=put("requester.extra", 1))),
    ("a field too many in a rule", Forged(binding=put("rules.0.extra", 1))),
    ("a field too many in a signature", Forged(signature=at(1, put("extra", 1)))),
    ("a field too many in a signed statement", Forged(signed=at(1, put("extra", 1)))),
    ("a field too many beside the assertion", Forged(asserted=at(1, put("extra", 1)))),
    ("a field too many beside the proof", Forged(release=put("hold_entry.extra", 1))),
    ("a field too many beside the gateway's signature", Forged(whole=put("gateway.extra", 1))),
    ("no gateway", Forged(whole=drop("gateway"))),
    ("a gateway's signature of no bytes", Forged(whole=put("gateway.signature", ""))),
    ("a rule twice", Forged(binding=_twice("rules"))),
    ("rules in another order", Forged(binding=lambda it: it["rules"].append({**it["rules"][0], "id": "a"}))),
    ("65 changes", Forged(binding=lambda it: it.update(diff=it["diff"] * 65))),
    ("65 states", Forged(binding=lambda it: it.update(preconditions={f"{at}": "" for at in range(65)}))),
    ("a state without a name", Forged(fields={}, binding=put("preconditions", {"": "x"}))),
    ("a state with a long name", Forged(binding=put("preconditions", {"x" * 201: "x"}))),
    ("evidence opened twice", Forged(statement=at(1, _twice("evidence")))),
    ("evidence in another order", Forged(statement=at(1, put("evidence", ["cd" * 32, "ab" * 32])))),
    ("a role twice", Forged(assertion=at(1, _twice("roles")))),
    ("roles in another order", Forged(assertion=at(1, put("roles", ["release-officer", "a"])))),
    ("no roles", Forged(assertion=at(1, put("roles", [])))),
    ("an assertion that ends before it begins", Forged(assertion=at(1, put("not_before_ms", NOW_MS * 2)))),
    (
        "a key that is not the one it is called",
        Forged(assertion=at(1, put("key.id", "ab" * 32)), statement=at(1, put("key", "ab" * 32))),
    ),
    ("statements in another order", Forged(release=lambda it: it["statements"].reverse())),
    ("33 statements", Forged(release=lambda it: it.update(statements=it["statements"][:1] * 33))),
    ("a passkey's data beside another signature", Forged(signature=at(1, put("client_data", "e30=")))),
    ("a passkey's signature without its data", Forged(signature=at(0, put("client_data", "")))),
    ("a call to a model that names a tool", Forged(binding=put("kind", "model-call"))),
    ("a call of a tool without a name", Forged(binding=put("tool", ""))),
    ("an entry one byte short", Forged(release=lambda it: put("hold_entry.leaf", it["hold_entry"]["leaf"][:-4])(it))),
    ("a glass without a quorum", Forged(binding=put("rules.0.break_glass", {"role": "watch-commander"}))),
    ("a quorum of nobody", Forged(binding=put("rules.0.quorum", 0))),
)


def _late() -> Iterator[Attack]:
    """What would be put right by the rendering that is written anew."""
    for value in WRONG["hex64"]:
        yield _wrong(
            f"binding: rendering.sha256 is {value!r:.20}", "binding", put("rendering.sha256", value), late=True
        )
    yield _wrong("binding: no rendering.sha256", "binding", drop("rendering.sha256"), late=True)


FORM: tuple[Attack, ...] = (
    *((name, "effector/malformed", forged) for name, forged in MALFORMED),
    *_late(),
    *_fields(),
)

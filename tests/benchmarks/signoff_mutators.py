"""Changes releases and what stands beside them, at random: bytes, fields, numbers, signatures, proofs, whole parts.

Most changes are signed anew by the gateway's true key: else its signature alone would refuse them all, and nothing
behind it would be tried. What a gateway may say by itself is left alone: the word for the path by which a hold was
lifted, and which head of the log it proves.
"""

import base64
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from brightline.crypto.party_keys import ED25519, P256, PrivateKey
from brightline.crypto.signatures import sign
from brightline.domain.sign_off.canonical import tagged
from brightline.testing.sign_off import key_of
from tests.releases.edits import ED25519_ORDER, ORDERS
from tests.releases.forger import Object, lenient
from tests.releases.second_verifier import Judged

Step = str | int
Path = tuple[Step, ...]
STRANGE: Sequence[object] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    1.5,
    "",
    "x",
    "0" * 64,
    "ab" * 16,
    [],
    {},
    [None],
    {"a": 1},
)


@dataclass(frozen=True, slots=True)
class Base:
    """A release that both verifiers take."""

    name: str
    release: bytes
    judged: Judged

    def parsed(self) -> Object:
        found: Object = json.loads(self.release)
        return found


@dataclass(frozen=True, slots=True)
class Mutation:
    """A changed release with what stands beside it; `kind` says how it was changed."""

    kind: str
    release: bytes
    judged: Judged


class Mutator:
    """Makes one mutation after the other from the numbers of `dice`."""

    def __init__(self, bases: Sequence[Base], dice: random.Random) -> None:
        self._bases, self._dice = bases, dice
        self._kinds: Mapping[str, Callable[[Base], Mutation | None]] = {
            "a byte": self._a_byte,
            "bytes added or lost": self._length,
            "other text for the same values": self._rewritten,
            "a field": self._a_field,
            "a field, not signed anew": self._a_bare_field,
            "two fields exchanged": self._exchanged,
            "a part of another release": self._spliced,
            "bytes inside of base64": self._inside,
            "a character of text": self._a_character,
            "a signature in a second encoding": self._malleated,
            "signed by other keys": self._strangers,
            "the proof": self._proof,
            "statements": self._statements,
            "the action": self._action,
            "the state": self._state,
            "the list of what is revoked": self._revocations,
        }

    def __iter__(self) -> Iterator[Mutation]:
        originals = {base.release for base in self._bases}
        kinds = list(self._kinds.items())
        while True:
            kind, change = self._dice.choice(kinds)
            base = self._dice.choice(self._bases)
            found = change(base)
            same = found is None or (found.release in originals and found.judged == base.judged)
            if found is not None and not same:
                yield replace(found, kind=kind)

    def _a_byte(self, base: Base) -> Mutation:
        data = bytearray(base.release)
        data[self._dice.randrange(len(data))] ^= self._dice.choice(
            (1 << self._dice.randrange(8), self._dice.randrange(1, 256))
        )
        return _released(base, bytes(data))

    def _length(self, base: Base) -> Mutation:
        data, at = base.release, self._dice.randrange(len(base.release))
        size = self._dice.choice((1, 1, 2, 7, 64))
        way = self._dice.randrange(4)
        if way == 0:
            return _released(base, data[:at])
        if way == 1:
            return _released(base, data[:at] + data[at + size :])
        if way == 2:
            return _released(base, data[:at] + self._dice.randbytes(size) + data[at:])
        return _released(base, data[: at + size] + data[at:])

    def _rewritten(self, base: Base) -> Mutation | None:
        """The same values in other bytes, or a name twice."""
        text, dice = base.release.decode(), self._dice
        way = dice.randrange(6)
        if way == 0:
            at = dice.choice([place for place, letter in enumerate(text) if letter in ",:{}[]"])
            return _released(base, (text[: at + 1] + dice.choice(" \n\t\r") + text[at + 1 :]).encode())
        if way == 1:
            at = dice.choice(
                [place for place, letter in enumerate(text) if letter.isalnum() and text[place - 1] != "\\"]
            )
            return _released(base, f"{text[:at]}\\u{ord(text[at]):04x}{text[at + 1 :]}".encode())
        whole = base.parsed()
        path = dice.choice(list(_paths(whole)))
        value = _at(whole, path)
        if way == 2:
            return _released(base, _write(whole, lambda it: self._number(it) if it is value else None))
        if way == 3:
            return _released(base, json.dumps(whole, ensure_ascii=dice.random() < 0.5, separators=(",", ":")).encode())
        if not isinstance(value, dict) or not value:
            return None
        name = dice.choice(list(value))
        if way == 4:
            value[name] = value.pop(name)
            reordered = json.dumps(_shuffled(whole, dice), separators=(",", ":"), ensure_ascii=False)
            return _released(base, reordered.encode())
        twice = f"{json.dumps(name)}:{json.dumps(dice.choice((value[name], *STRANGE)))},"
        return _released(base, _write(whole, lambda it: _with_first(it, twice) if it is value else None))

    def _number(self, value: object) -> str | None:
        if type(value) is not int and type(value) is not float:
            return None
        forms = (f"{value}.0", f"{value}e0", f"{value}E+00", f"-{value}", f"{value}0", f"0{value}", f" {value}")
        return self._dice.choice(forms)

    def _a_field(self, base: Base, *, signed: bool = True) -> Mutation | None:
        whole, dice = base.parsed(), self._dice
        path = dice.choice([path for path in _paths(whole) if path and path[0] not in ("gateway", "path")])
        holder, last = _at(whole, path[:-1]), path[-1]
        way = dice.randrange(4)
        if way == 0:
            del holder[last]
        elif way == 1 and isinstance(holder, dict):
            holder[dice.choice(("extra", "Extra", f"{last} ", "__proto__", "", str(last).upper()))] = dice.choice(
                STRANGE
            )
        elif way == 2:
            holder[last] = dice.choice(STRANGE)
        else:
            holder[last] = self._nudged(holder[last])
        return _released(base, _sealed(whole) if signed else lenient(whole))

    def _a_bare_field(self, base: Base) -> Mutation | None:
        return self._a_field(base, signed=False)

    def _nudged(self, value: Any) -> object:
        """Something of the same kind, near it."""
        dice = self._dice
        if isinstance(value, bool):
            return not value
        if isinstance(value, int | float):
            return value + dice.choice((1, -1, 0.5, 1000, -1000, 10**9))
        if isinstance(value, str) and value:
            at = dice.randrange(len(value))
            return value[:at] + dice.choice("0a9fA=\u0430\u200b ") + value[at + dice.randrange(2) :]
        if isinstance(value, list):
            return dice.choice(([*value, *value[:1]], value[:-1], [*reversed(value)], [value]))
        if isinstance(value, dict):
            return dice.choice((list(value), {**value, "x": 1}, {name: value[name] for name in list(value)[1:]}))
        return dice.choice(STRANGE)

    def _exchanged(self, base: Base) -> Mutation:
        whole, dice = base.parsed(), self._dice
        leaves = [path for path in _paths(whole) if path and path[0] not in ("gateway", "path")]
        one, other = dice.choice(leaves), dice.choice(leaves)
        if one[: len(other)] == other or other[: len(one)] == one:
            return _released(base, lenient(whole))
        first, second = _at(whole, one), _at(whole, other)
        _at(whole, one[:-1])[one[-1]] = second
        _at(whole, other[:-1])[other[-1]] = first
        return _released(base, _sealed(whole))

    def _spliced(self, base: Base) -> Mutation | None:
        whole, other = base.parsed(), self._dice.choice(self._bases).parsed()
        paths = [path for path in _paths(whole) if path and path[0] not in ("gateway", "path") and _has(other, path)]
        path = self._dice.choice(paths)
        if path[:2] == ("hold_entry", "proof") or path == ("hold_entry",):
            return None
        _at(whole, path[:-1])[path[-1]] = _at(other, path)
        return _released(base, _sealed(whole))

    def _inside(self, base: Base) -> Mutation | None:
        whole, dice = base.parsed(), self._dice
        names = ("leaf", "value", "signature", "authenticator_data", "client_data", "public", "root")
        paths = [path for path in _paths(whole) if path and path[-1] in names and path[0] != "gateway"]
        path = dice.choice([path for path in paths if isinstance(_at(whole, path), str) and _at(whole, path)])
        holder, last = _at(whole, path[:-1]), path[-1]
        data = bytearray(base64.b64decode(holder[last]))
        at, way = dice.randrange(len(data)), dice.randrange(5)
        if way < 3:
            data[at] ^= 1 << dice.randrange(8)
        elif way == 3:
            del data[at]
        else:
            data.insert(at, dice.choice((0, 255, dice.randrange(256))))
        holder[last] = base64.b64encode(bytes(data)).decode()
        return _released(base, _sealed(whole))

    def _a_character(self, base: Base) -> Mutation | None:
        whole, dice = base.parsed(), self._dice
        paths = [path for path in _paths(whole) if path and path[0] not in ("gateway", "path")]
        path = dice.choice([path for path in paths if isinstance(_at(whole, path), str) and _at(whole, path)])
        text, at = _at(whole, path), 0
        at = dice.randrange(len(text))
        letter = dice.choice((chr(ord(text[at]) ^ 1), text[at].swapcase(), "\u202e", "\ufeff", "\u0430", "\U000e0041"))
        _at(whole, path[:-1])[path[-1]] = text[:at] + letter + text[at + 1 :]
        return _released(base, _sealed(whole))

    def _malleated(self, base: Base) -> Mutation | None:
        whole = base.parsed()
        signed = self._dice.choice(whole["statements"])
        place, name = self._dice.choice(((signed["signature"], "value"), (signed["assertion"], "signature")))
        data = base64.b64decode(place[name])
        way = self._dice.randrange(4)
        half = len(data) // 2
        if way == 0 and half in (32, 48):
            order = ORDERS[P256] if half == 32 else ORDERS["ecdsa-p384"]
            data = data[:half] + ((order - int.from_bytes(data[half:], "big")) % order).to_bytes(half, "big")
        elif way == 1:
            data = data[:32] + ((int.from_bytes(data[32:64], "little") + ED25519_ORDER) % 2**256).to_bytes(32, "little")
        elif way == 2:
            data = data[:half] + bytes(self._dice.randrange(1, 3)) + data[half:]
        else:
            data = self._dice.choice(
                (bytes(len(data)), b"\x01" + bytes(len(data) - 1), data[half:] + data[:half], data * 2)
            )
        place[name] = base64.b64encode(data[:96]).decode()
        return _released(base, _sealed(whole))

    def _strangers(self, base: Base) -> Mutation | None:
        """Something signed anew, from the binding up, by keys that nobody asserted."""
        whole, dice = base.parsed(), self._dice
        place = dice.randrange(len(whole["statements"]))
        signed = whole["statements"][place]
        stranger = key_of(dice.choice(("mallory", "trent")), signed["assertion"]["assertion"]["key"]["algorithm"])
        way = dice.randrange(3)
        if way == 0:  # the person's statement, in the stranger's hand
            signed["statement"]["reason"] = dice.choice(("", "seen", signed["statement"]["reason"]))
            _sign_statement(signed, stranger)
        elif way == 1:  # an assertion by a directory of one's own, with the stranger's key in it
            public = stranger.public
            key = signed["assertion"]["assertion"]["key"]
            key.update(id=public.id, public=base64.b64encode(public.der).decode())
            signed["statement"]["key"] = public.id
            directory = key_of("mallory", ED25519)
            message = tagged("role-assertion", lenient(signed["assertion"]["assertion"]))
            signed["assertion"]["signature"] = base64.b64encode(sign(directory, message)).decode()
            if dice.random() < 0.5:
                signed["assertion"]["directory_key"] = directory.public.id
            _sign_statement(signed, stranger)
        else:  # the gateway's name, and another's signature
            return _released(base, _sealed(whole, key_of("mallory"), named=dice.random() < 0.5))
        return _released(base, _sealed(whole))

    def _proof(self, base: Base) -> Mutation:
        whole, dice = base.parsed(), self._dice
        lines = whole["hold_entry"]["proof"].split("\n")
        at, way = dice.randrange(len(lines)), dice.randrange(7)
        if way == 0:
            lines.insert(
                at, dice.choice(("", "extra AAAA", "index 5", lines[at], base64.b64encode(bytes(32)).decode(), " "))
            )
        elif way == 1:
            del lines[at]
        elif way == 2:
            other = dice.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif way == 3:
            lines[1] = f"index {dice.choice((0, 1, 4, 6, 10, 2**63, 2**64, -1))}"
        elif way == 4 and lines[at]:
            place = dice.randrange(len(lines[at]))
            lines[at] = lines[at][:place] + dice.choice("A0+ \u2014=") + lines[at][place + 1 :]
        elif way == 5:
            lines = lines[:at]
        else:
            lines[at] += dice.choice((" ", "\r", "=", "A", "\x00", "\u200b"))
        whole["hold_entry"]["proof"] = "\n".join(lines)
        return _released(base, _sealed(whole))

    def _statements(self, base: Base) -> Mutation:
        whole, dice = base.parsed(), self._dice
        statements, way = whole["statements"], dice.randrange(4)
        at = dice.randrange(len(statements))
        other = dice.choice(dice.choice(self._bases).parsed()["statements"])
        if way == 0:
            del statements[at]
        elif way == 1:
            statements.insert(at, json.loads(json.dumps(statements[at])))
        elif way == 2:
            statements[at] = other
        else:
            part = dice.choice(("statement", "signature", "assertion"))
            statements[at] = {**statements[at], part: other[part]}
        statements.sort(key=lambda each: str(each["statement"]["person"]))
        return _released(base, _sealed(whole))

    def _action(self, base: Base) -> Mutation | None:
        dice, data = self._dice, base.judged.arguments
        at, way = dice.randrange(len(data)), dice.randrange(6)
        if way == 0:
            return replace(
                _unchanged(base),
                judged=replace(base.judged, tool=dice.choice(("", "release", "release_payload ", "RELEASE_PAYLOAD"))),
            )
        if way == 1:
            changed = data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
        elif way == 2:
            changed = data[:at] + data[at + 1 :]
        elif way == 3:
            changed = data[:at] + dice.choice((b" ", b"0", b"\\u0061", b",", b"e0", b".0")) + data[at:]
        else:
            value = json.loads(data)
            path = dice.choice([path for path in _paths(value) if path])
            holder = _at(value, path[:-1])
            holder[path[-1]] = dice.choice((*STRANGE, self._nudged(holder[path[-1]])))
            changed = lenient(value)
        return replace(_unchanged(base), judged=replace(base.judged, arguments=changed))

    def _state(self, base: Base) -> Mutation | None:
        state = dict(base.judged.preconditions)
        if not state:
            return None
        name = self._dice.choice(list(state))
        value = state.pop(name)
        if self._dice.random() < 0.7:
            state[name] = self._dice.choice((value + " ", value.upper() + "x", "", value[:-1]))
        return replace(_unchanged(base), judged=replace(base.judged, preconditions=state))

    def _revocations(self, base: Base) -> Mutation:
        data = bytearray(base.judged.revocations)
        at = self._dice.randrange(len(data))
        if self._dice.random() < 0.8:
            data[at] ^= 1 << self._dice.randrange(8)
        else:
            del data[at]
        return replace(_unchanged(base), judged=replace(base.judged, revocations=bytes(data)))


def _unchanged(base: Base) -> Mutation:
    return Mutation("", base.release, base.judged)


def _released(base: Base, release: bytes) -> Mutation:
    return Mutation("", release, base.judged)


def _sealed(whole: Object, key: PrivateKey | None = None, *, named: bool = False) -> bytes:
    """The release, signed by the gateway's key (or by `key`; `named`: under that one's own name)."""
    signer = key or key_of("gateway")
    bare = {name: part for name, part in whole.items() if name != "gateway"}
    signature = base64.b64encode(sign(signer, tagged("release", lenient(bare)))).decode()
    owner = signer if named else key_of("gateway")
    return lenient({**bare, "gateway": {"key": owner.public.id, "signature": signature}})


def _sign_statement(signed: Object, key: PrivateKey) -> None:
    message = tagged("statement", lenient(signed["statement"]))
    signature = signed["signature"]
    if signature["algorithm"] == "webauthn-es256":
        challenge = base64.urlsafe_b64encode(hashlib.sha256(message).digest()).rstrip(b"=").decode()
        client = lenient({**json.loads(base64.b64decode(signature["client_data"])), "challenge": challenge})
        signature["client_data"] = base64.b64encode(client).decode()
        message = base64.b64decode(signature["authenticator_data"]) + hashlib.sha256(client).digest()
    signature["value"] = base64.b64encode(sign(key, message)).decode()


def _paths(value: object, before: Path = ()) -> Iterator[Path]:
    yield before
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _paths(part, (*before, name))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _paths(part, (*before, at))


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _has(value: Any, path: Path) -> bool:
    try:
        _at(value, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _shuffled(value: object, dice: random.Random) -> object:
    if isinstance(value, dict):
        names = list(value)
        dice.shuffle(names)
        return {name: _shuffled(value[name], dice) for name in names}
    return [_shuffled(part, dice) for part in value] if isinstance(value, list) else value


def _with_first(value: Mapping[str, object], first: str) -> str:
    return "{" + first + lenient(value).decode()[1:]


def _write(value: object, other: Callable[[object], str | None]) -> bytes:
    """The canonical bytes of `value`, but for the parts that `other` writes."""

    def text(part: object) -> str:
        found = other(part)
        if found is not None:
            return found
        if isinstance(part, dict):
            return "{" + ",".join(f"{lenient(name).decode()}:{text(part[name])}" for name in sorted(part)) + "}"
        return "[" + ",".join(map(text, part)) + "]" if isinstance(part, list) else lenient(part).decode()

    return text(value).encode()

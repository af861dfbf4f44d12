"""Reads the fields of an object: each of them named, each there, each of its kind and within its bounds.

Text is counted in Unicode code points. Every refusal is `signoff/bad-field`, with the field's path and never its value.
"""

import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn, TypeVar, cast

from brightline.domain.sign_off.canonical import MAX_NUMBER, Json, JsonObject
from brightline.domain.sign_off.errors import SignOffError

# Of persons, roles, rules and effectors: ASCII, so that two that look alike are one; `@` as in the agreement's roles.
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:/-]{0,127}")
TOOL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:/-]{0,127}")
HEX_32 = re.compile(r"[0-9a-f]{32}")
HEX_64 = re.compile(r"[0-9a-f]{64}")
# The last millisecond of the year 9999: every reader writes times up to here alike.
MAX_TIME_MS = 253_402_300_799_999
MAX_NAME = 200
MAX_TEXT = 2000
T = TypeVar("T")


def refuse(field: str, what: str) -> NoReturn:
    """Raise `SignOffError` for the field at path `field`; `what` says what is wrong with it."""
    raise SignOffError("signoff/bad-field", field=field, what=what)


def decode_base64(text: str) -> bytes:
    """The bytes of standard base64 with padding in its one canonical form (RFC 4648); raises `ValueError` if not."""
    data = binascii.a2b_base64(text)
    if binascii.b2a_base64(data, newline=False).decode("ascii") != text:
        raise ValueError("not canonical base64")
    return data


def encode_base64(data: bytes) -> str:
    """`data` in standard base64 with padding."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


class Fields:
    """The fields of one object at path `where`; raises `SignOffError` unless they are exactly `names`."""

    __slots__ = ("_value", "_where")

    def __init__(self, value: Json, where: str, names: frozenset[str]) -> None:
        if type(value) is not dict:
            refuse(where, "is not an object")
        if value.keys() != names:
            missing = sorted(names - value.keys())
            refuse(*((f"{where}.{missing[0]}", "is missing") if missing else (where, "has a field that nobody knows")))
        self._value = value
        self._where = where

    def path(self, name: str) -> str:
        """The path of field `name`."""
        return f"{self._where}.{name}"

    def raw(self, name: str) -> Json:
        """The field as it stands."""
        return self._value[name]

    def bad(self, name: str, what: str) -> NoReturn:
        """Refuse the field `name`."""
        refuse(self.path(name), what)

    def text(self, name: str, limit: int = MAX_TEXT) -> str:
        """Text of up to `limit` code points."""
        value = self._value[name]
        if type(value) is not str or len(value) > limit:
            self.bad(name, f"is not text of up to {limit} characters")
        return value

    def constant(self, name: str, expected: str) -> None:
        """Check that the field is `expected`."""
        if self._value[name] != expected:
            self.bad(name, f"is not `{expected}`")

    def choice(self, name: str, options: Sequence[str]) -> str:
        """One of `options`."""
        value = self._value[name]
        if type(value) is not str or value not in options:
            self.bad(name, f"is none of {', '.join(options)}")
        return value

    def id(self, name: str, *, empty: bool = False) -> str:
        """An id of a person, role, rule or effector; `empty`: or nothing."""
        value = self._value[name]
        if type(value) is not str or not (ID.fullmatch(value) or (empty and not value)):
            self.bad(name, "is not an id")
        return value

    def tool(self, name: str, *, empty: bool = False) -> str:
        """The name of a tool; `empty`: or nothing."""
        value = self._value[name]
        if type(value) is not str or not (TOOL.fullmatch(value) or (empty and not value)):
            self.bad(name, "is not the name of a tool")
        return value

    def hex_32(self, name: str) -> str:
        """16 bytes in lower-case hexadecimal."""
        value = self._value[name]
        if type(value) is not str or not HEX_32.fullmatch(value):
            self.bad(name, "is not 16 bytes in lower-case hexadecimal")
        return value

    def hex_64(self, name: str) -> str:
        """32 bytes in lower-case hexadecimal."""
        value = self._value[name]
        if type(value) is not str or not HEX_64.fullmatch(value):
            self.bad(name, "is not 32 bytes in lower-case hexadecimal")
        return value

    def integer(self, name: str, least: int = 0, most: int = MAX_NUMBER) -> int:
        """A whole number from `least` to `most`."""
        value = self._value[name]
        if type(value) is not int or not least <= value <= most:
            self.bad(name, f"is not a whole number from {least} to {most}")
        return value

    def time_ms(self, name: str) -> int:
        """A time in UTC milliseconds, up to the year 9999."""
        return self.integer(name, 0, MAX_TIME_MS)

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._value[name]
        if type(value) is not bool:
            self.bad(name, "is neither true nor false")
        return value

    def base64(self, name: str, least: int, most: int) -> bytes:
        """From `least` to `most` bytes in canonical base64 with padding."""
        value = self._value[name]
        try:
            data = decode_base64(value) if type(value) is str else None
        except ValueError:
            data = None
        if data is None or not least <= len(data) <= most:
            self.bad(name, f"is not {least} to {most} bytes in canonical base64")
        return data

    def object(self, name: str) -> JsonObject:
        """An object."""
        value = self._value[name]
        if type(value) is not dict:
            self.bad(name, "is not an object")
        return value

    def items(self, name: str, read: Callable[[Json, str], T], *, least: int = 0, most: int) -> tuple[T, ...]:
        """A list of `least` to `most` items, each read by `read(item, path)`."""
        value = self._value[name]
        if type(value) is not list or not least <= len(value) <= most:
            self.bad(name, f"is not a list of {least} to {most} items")
        path = self.path(name)
        return tuple([read(item, f"{path}[{at}]") for at, item in enumerate(value)])

    def members(
        self, name: str, read: Callable[[Json, str], T], *, most: int, named: re.Pattern[str] | int
    ) -> Mapping[str, T]:
        """An object of up to `most` members, its names matching `named` or 1 to so many characters long."""
        value = self.object(name)
        if len(value) > most:
            self.bad(name, f"has more than {most} members")
        for member in value:
            fits = 0 < len(member) <= named if isinstance(named, int) else named.fullmatch(member)
            if not fits:
                self.bad(name, "has a member of a bad name")
        path = self.path(name)
        return {member: read(part, f"{path}.{member}") for member, part in value.items()}

    def set_of(self, name: str, read: Callable[[Json, str], T], *, least: int = 0, most: int) -> tuple[T, ...]:
        """A list as `items` reads it, each item once and in rising order, so that a set has one encoding."""
        found = self.items(name, read, least=least, most=most)
        keys = cast("tuple[str, ...]", found)
        if list(keys) != sorted(set(keys)):
            self.bad(name, "is not in rising order, each item once")
        return found


def read_id(value: Json, path: str) -> str:
    """`value`, if it is an id."""
    if type(value) is not str or not ID.fullmatch(value):
        refuse(path, "is not an id")
    return value


def read_hex_64(value: Json, path: str) -> str:
    """`value`, if it is 32 bytes in lower-case hexadecimal."""
    if type(value) is not str or not HEX_64.fullmatch(value):
        refuse(path, "is not 32 bytes in lower-case hexadecimal")
    return value


def read_text(value: Json, path: str) -> str:
    """`value`, if it is text of up to `MAX_TEXT` code points."""
    if type(value) is not str or len(value) > MAX_TEXT:
        refuse(path, f"is not text of up to {MAX_TEXT} characters")
    return value


def read_integer(value: Json, path: str) -> int:
    """`value`, if it is a whole number of 0 or more."""
    if type(value) is not int or value < 0:
        refuse(path, "is not a whole number of 0 or more")
    return value

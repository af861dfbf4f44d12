"""What all objects of a sign-off have in common: bytes in one form, and a digest that names its kind."""

import hashlib
from abc import ABC, abstractmethod
from functools import cached_property
from typing import ClassVar, Self, cast

from brightline.domain.sign_off.canonical import Json, JsonObject, canonical, canonical_fields, parse_object, tagged
from brightline.domain.sign_off.errors import SignOffError


class Encoded(ABC):
    """An object with one encoding, of at most `LIMIT` bytes; `LABEL` is what paths in errors begin with.

    INVARIANT: what `parse` takes, `canonical` writes back byte for byte.
    """

    # Whether some field may hold any JSON; if none does, there is less to look at when it is written.
    FREE: ClassVar[bool] = False
    LIMIT: ClassVar[int]
    LABEL: ClassVar[str]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The object of which `data` is the canonical form; raises `SignOffError`."""
        return cls.read(parse_object(data, limit=cls.LIMIT), cls.LABEL).written_as(data)

    @classmethod
    def part(cls, value: Json, path: str) -> Self:
        """What `read` gives, as a part of a larger object, no larger than alone; its bytes are written at once."""
        found, written = cls.read(value, path), _written(cast("JsonObject", value), free=cls.FREE)
        if len(written) > cls.LIMIT:
            raise SignOffError("signoff/too-large", limit=cls.LIMIT)
        return found.written_as(written)

    def written_as(self, data: bytes) -> Self:
        """This object, of which `data` is what `canonical` would write again."""
        self.__dict__["canonical"] = data
        return self

    @classmethod
    @abstractmethod
    def read(cls, value: Json, path: str) -> Self:
        """The object that `value` is, found at `path`; raises `SignOffError`."""

    @abstractmethod
    def to_json(self) -> JsonObject:
        """The object as JSON."""

    @cached_property
    def canonical(self) -> bytes:
        """The object's canonical bytes."""
        return _written(self.to_json(), free=self.FREE)


def _written(value: JsonObject, *, free: bool) -> bytes:
    return canonical(value) if free else canonical_fields(value)


class Digested(Encoded):
    """An object that is signed or committed to, as one of its `KIND`."""

    KIND: ClassVar[str]

    @cached_property
    def tagged(self) -> bytes:
        """What a key signs."""
        return tagged(self.KIND, self.canonical)

    @cached_property
    def digest(self) -> bytes:
        """The object's digest, 32 bytes: SHA-256 of what a key signs."""
        return hashlib.sha256(self.tagged).digest()

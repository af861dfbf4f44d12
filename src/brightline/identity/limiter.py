"""Bounding callers that show no valid key: a token bucket for each address.

Every failure takes one token; an empty bucket refuses the address until it refills.
INVARIANT: memory is bounded whatever the callers do; only the peer's socket address counts, never a header.
LIMIT: behind a reverse proxy all callers share one address. So a strong key that verifies is never refused here
(see `Door`), and only failures and weak keys meet the bucket.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from brightline.identity.errors import TooManyFailuresError


@dataclass(frozen=True, slots=True)
class FailureLimit:
    """How many failures an address may make: `burst` at once, then one each `seconds_per_failure`."""

    burst: int = 20
    seconds_per_failure: float = 2.0
    addresses: int = 8192  # about 1.5 MB when full


class UnauthenticatedLimiter:
    """Token buckets by peer address; `clock` gives monotonic seconds."""

    def __init__(self, *, clock: Callable[[], float], limit: FailureLimit | None = None) -> None:
        self._clock = clock
        self._limit = limit or FailureLimit()
        # Address -> the moment at which its bucket is full again; least lately failed first.
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def check(self, peer: str) -> None:
        """Go on if `peer` has a token left; raises `TooManyFailuresError` with the seconds to wait otherwise."""
        full_at = self._full_at.get(_bucket(peer))
        if full_at is None:
            return
        limit = self._limit
        wait = full_at - self._clock() - (limit.burst - 1) * limit.seconds_per_failure
        if wait > 0:
            raise TooManyFailuresError("identity/too-many-failures", seconds=math.ceil(wait))

    def failed(self, peer: str) -> None:
        """Take one token from `peer`'s bucket."""
        bucket = _bucket(peer)
        now = self._clock()
        limit = self._limit
        full_at = max(self._full_at.pop(bucket, now), now) + limit.seconds_per_failure
        # A caller that goes on failing is answered again one bucket after it stops, not hours later.
        self._full_at[bucket] = min(full_at, now + limit.burst * limit.seconds_per_failure)
        if len(self._full_at) > limit.addresses:
            # The address that failed longest ago has the fullest bucket, or nearly so.
            self._full_at.popitem(last=False)


def _bucket(peer: str) -> str:
    # One subscriber holds a whole IPv6 /64 (RFC 4291 section 2.5.1), so addresses within it are one caller.
    if ":" not in peer:
        return peer
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return f"{int(address) >> 64:x}/64"
    return str(address.ipv4_mapped) if isinstance(address, IPv6Address) else peer

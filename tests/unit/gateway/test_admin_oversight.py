"""The report of how people decide, as the admin socket gives it."""

import asyncio

import pytest

from brightline.gateway.admin import Caller
from brightline.gateway.admin_oversight import AdminOversight
from brightline.gateway.errors import AdminError
from brightline.oversight.measure import VoteRecord

VOTE = VoteRecord("00" * 16, "anna", "officer", "top", "allow", True, 1_000, 1, 0, 0, 5)


class Measures:
    def __init__(self, votes=(), overdue=0, damaged=(), differing=()):
        self._votes, self._overdue, self._damaged, self._differing = votes, overdue, damaged, differing

    def votes(self, damaged):
        for hold in self._damaged:
            damaged(hold)
        return iter(self._votes)

    def reviews_overdue(self):
        return self._overdue

    def differing(self):
        return self._differing


def asked(args, measures):
    return asyncio.run(AdminOversight(measures).commands["oversight.report"](args, Caller(0)))


def test_takes_no_arguments():
    with pytest.raises(AdminError) as caught:
        asked({"person": "anna"}, Measures())
    assert caught.value.code == "gateway/admin-bad-request"


def test_the_report():
    told = asked({}, Measures((VOTE,), 2))
    assert (told["votes"], told["reviews_overdue"]) == (1, 2)
    assert told["approvers"][0]["under_floor"]["hits"] == 1
    assert asked({}, Measures())["approvers"] == []


def test_what_is_damaged_and_what_differs_is_named_once():
    told = asked({}, Measures((VOTE,), damaged=(b"b", b"a", b"b"), differing=("02", "01")))
    assert (told["votes"], told["damaged"], told["store_differs"]) == (1, ["61", "62"], ["01", "02"])

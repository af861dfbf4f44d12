"""The report of how people decide, as the admin socket gives it."""

import asyncio

import pytest

from brightline.gateway.admin import Caller
from brightline.gateway.admin_oversight import AdminOversight
from brightline.gateway.errors import AdminError
from brightline.oversight.measure import VoteRecord

VOTE = VoteRecord("00" * 16, "anna", "officer", "top", "allow", True, 1_000, 1, 0, 0, 5)


def asked(args, votes=(), overdue=0):
    command = AdminOversight(lambda: votes, lambda: overdue).commands["oversight.report"]
    return asyncio.run(command(args, Caller(0)))


def test_takes_no_arguments():
    with pytest.raises(AdminError) as caught:
        asked({"person": "anna"})
    assert caught.value.code == "gateway/admin-bad-request"


def test_the_report():
    told = asked({}, (VOTE,), 2)
    assert (told["votes"], told["reviews_overdue"]) == (1, 2)
    assert told["approvers"][0]["under_floor"]["hits"] == 1
    assert asked({})["approvers"] == []

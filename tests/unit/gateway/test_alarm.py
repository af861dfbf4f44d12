"""A difference between the engines is counted, and an error in the log, without a content."""

import io
import json

from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.gateway.alarm import Alarm
from brightline.gateway.logs import Log
from brightline.policy import Divergence

FOUND = Divergence(AgreementRef("a", 3, bytes(32), "e"), b"\x07" * 16, "policy/engine-disagrees-live", ("p-1", "p-2"))


def test_counts_without_a_log_and_tells_with_one() -> None:
    alarm, stream = Alarm(), io.StringIO()
    alarm(FOUND)
    alarm.listen(Log(stream))
    alarm(FOUND)
    assert alarm.differences == 2
    (row,) = map(json.loads, stream.getvalue().splitlines())
    assert (row["level"], row["event"], row["version"]) == ("error", "engines-disagree", 3)
    assert (row["policies"], row["decision"]) == ("p-1, p-2", "07" * 16)


def test_a_decoy_that_could_not_be_placed_is_logged_by_its_code() -> None:
    stream = io.StringIO()
    alarm, error = Alarm(), BrightlineError("hold/queue-full", role="x", most=1)
    alarm.decoy_failed(error)
    alarm.listen(Log(stream))
    alarm.decoy_failed(error)
    assert [json.loads(line)["code"] for line in stream.getvalue().splitlines()] == ["hold/queue-full"]


def test_a_notice_that_did_not_arrive_is_logged_without_its_address() -> None:
    alarm, written = Alarm(), io.StringIO()
    alarm.notice_failed("TimeoutError")
    alarm.listen(Log(written))
    alarm.notice_failed("TimeoutError")
    assert written.getvalue().count("notice-not-delivered") == 1

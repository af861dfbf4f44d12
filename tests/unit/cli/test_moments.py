from brightline.cli.moments import utc


def test_a_time_is_utc_with_milliseconds() -> None:
    assert utc(1_795_000_000_123) == "2026-11-18T11:06:40.123Z"
    assert utc(2**63) == f"{2**63} ms"

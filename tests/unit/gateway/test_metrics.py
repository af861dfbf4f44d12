"""Metrics carry the agreement and the enclave, and nothing about persons."""

from brightline.domain.description import TextDescription, TextState
from brightline.gateway.metrics import Counters, Metrics


def test_everything_counted_is_shown_with_its_labels() -> None:
    counters = Counters(unauthenticated=2)
    counters.ended("permit", "complete", 0.02)
    counters.ended("permit", "complete", 1e6)
    counters.described(TextDescription(TextState.SCORED, 900, "cyber.intrusion", {}))
    counters.described(TextDescription(TextState.UNKNOWN, 0, "", {}))
    metrics = Metrics(
        counters,
        lambda: {"ready": 1.0},
        lambda: {"people": (24.0, 25.0), "tokens": (7.0, None)},
        agreement="sample",
        enclave="demo",
    )
    text = metrics.text().decode()
    labels = 'agreement="sample",enclave="demo"'
    uses = 'agreement="sample",decision="permit",enclave="demo",outcome="complete"'
    assert f"brightline_uses_total{{{uses}}} 2.0" in text
    for leaf in ("cyber.intrusion", "unknown"):
        assert f'brightline_described_uses_total{{{labels},leaf="{leaf}"}} 1.0' in text
    assert f"brightline_unauthenticated_calls_total{{{labels}}} 2.0" in text
    assert f"brightline_ready{{{labels}}} 1.0" in text
    assert f'brightline_use_seconds_bucket{{{labels},le="0.025"}} 1.0' in text
    assert f'brightline_use_seconds_bucket{{{labels},le="+Inf"}} 2.0' in text
    assert f'brightline_meter_reading{{{labels},meter="people"}} 24.0' in text
    assert f'brightline_meter_reading{{{labels},meter="tokens"}} 7.0' in text
    assert f'brightline_meter_limit{{{labels},meter="people"}} 25.0' in text
    assert text.count("brightline_meter_limit{") == 1
    for line in text.splitlines():
        assert line.startswith("#") or ('agreement="sample"' in line and 'enclave="demo"' in line), line

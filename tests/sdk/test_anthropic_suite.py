"""The Anthropic SDK's own message tests pass through the gateway, and fail where the gateway refuses."""

from pathlib import Path

import pytest

from tests.sdk import anthropic_suite
from tests.sdk.model_gateway import FORBIDDEN_MISSION, ModelGateway, running

pytestmark = [pytest.mark.sdk, pytest.mark.model]


def test_another_archive_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "anthropic.tar.gz"
    other.write_bytes(b"something else")
    with pytest.raises(anthropic_suite.SuiteError, match="SHA-256"):
        anthropic_suite.check_archive(other)


def test_where_the_agreement_forbids_every_test_fails(tmp_path: Path) -> None:
    with running(tmp_path, mission=FORBIDDEN_MISSION) as gateway:
        run = anthropic_suite.run_suite(gateway.url)
    assert (run.passed, run.failed) == (0, anthropic_suite.TESTS), run.output[-2000:]
    assert run.refused == anthropic_suite.TESTS


def test_the_message_tests_pass(model_gateway: ModelGateway) -> None:
    run = anthropic_suite.run_suite(model_gateway.url)
    assert (run.passed, run.failed) == (anthropic_suite.TESTS, 0), run.output[-6000:]

"""A stage whose gateway is played by a test."""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from brightline.cli.sample_people import make_people
from brightline.cli.story.aircraft import Aircraft
from brightline.cli.story.client import Reply
from brightline.cli.story.stage import Stage
from brightline.domain.leaf import Kind
from brightline.ledger.verify import Verified


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def stage(tmp_path: Path, said: list[str]) -> Stage:
    people = make_people(now_ms=time.time_ns() // 1_000_000, random=os.urandom)
    return Stage(
        client=SimpleNamespace(),
        data_dir=tmp_path,
        log_directory=tmp_path / "log",
        vkey="k",
        scratch=tmp_path,
        gateway_log=tmp_path / "gateway.log",
        people=people,
        aircraft=Aircraft(people.effector),
        say=said.append,
    )


@pytest.fixture
def ok() -> Reply:
    return Reply(200, {"brightline-receipt": "o 4 ab"}, b"{}")


@pytest.fixture
def refused() -> Callable[..., Reply]:
    def make(code: str, reasons: Sequence[Mapping[str, str]] = ()) -> Reply:
        error = {"code": code, "message": "why not", "brightline": {"reasons": list(reasons)}}
        return Reply(403, {}, json.dumps({"error": error}).encode())

    return make


@pytest.fixture
def verified() -> Callable[..., Verified]:
    def make(size: int, **counts: int) -> Verified:
        kinds = {Kind[name.upper()]: count for name, count in counts.items()}
        return Verified("o", size, "ab" * 32, 0, 0, kinds, ())

    return make

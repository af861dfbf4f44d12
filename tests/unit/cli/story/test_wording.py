"""The chapter when somebody alone can activate, or both cannot: the story stops and says so."""

import dataclasses
import os

import pytest

from brightline.cli.errors import StoryError
from brightline.cli.sample_parties import sign_as_all
from brightline.cli.story import wording
from brightline.crypto.party_keys import save
from brightline.domain.errors import BrightlineError
from brightline.sample import agreement_files
from brightline.testing.parties import certificate_for, write_files

REFUSED = BrightlineError("policy/tightening-changes", party="Command", what="policy `p`")


@pytest.fixture
def begun(stage, monkeypatch):
    """The stage with the sample signed, and solvers that a test plays."""
    beginning, _ = sign_as_all(agreement_files(), enclave="demo", now_ms=1, random=os.urandom)
    write_files(stage.data_dir / "agreements" / "1", beginning.files)
    (stage.data_dir / "parties").mkdir()
    for name, key in beginning.played.items():
        save(stage.data_dir / "parties" / name, key, "")
    monkeypatch.setattr(wording, "installed_prover", object)
    monkeypatch.setattr(wording, "prove", lambda draft, *, limits, progress: progress("s") or certificate_for(draft))
    monkeypatch.setattr(wording, "diff", lambda before, after, *, limits: None)
    monkeypatch.setattr(wording, "lines_of", lambda found: ["newly permitted (2)", "  1. a caller may", "  2. more"])
    return dataclasses.replace(stage, scratch=stage.data_dir / "scratch")


def answers(monkeypatch, *results) -> list[dict[str, object]]:
    asked: list[dict[str, object]] = []
    left = list(results)

    def perform(data, command, args):
        asked.append({"command": command, **args})
        result = left.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    monkeypatch.setattr(wording, "perform", perform)
    return asked


def test_without_solvers_the_chapter_is_left_out(stage, monkeypatch) -> None:
    monkeypatch.setattr(wording, "installed_prover", lambda: None)
    assert wording.CHAPTER.tell(stage).startswith("LEFT OUT")


@pytest.mark.parametrize("alone", [{"version": 2}, BrightlineError("policy/unsigned", agreement="a", version=2)])
def test_one_party_alone_must_be_refused_for_that(begun, monkeypatch, alone) -> None:
    answers(monkeypatch, alone)
    with pytest.raises(StoryError):
        wording.CHAPTER.tell(begun)


def test_both_must_be_able_to(begun, monkeypatch) -> None:
    answers(monkeypatch, REFUSED, REFUSED)
    with pytest.raises(StoryError):
        wording.CHAPTER.tell(begun)


def test_shows_an_example_the_refusal_and_the_activation(begun, monkeypatch, said) -> None:
    asked = answers(monkeypatch, REFUSED, {"version": 2, "entry": 9})
    assert wording.CHAPTER.tell(begun) == "ACTIVATED  version 2, once the vendor signed too; it is entry 9"
    text = "".join(said)
    assert "example:  a caller may" in text
    assert "and 1 more" in text
    assert "REFUSED" in text
    assert [row["command"] for row in asked] == ["agreement.activate"] * 2

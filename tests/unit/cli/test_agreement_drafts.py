from pathlib import Path

import pytest

from brightline.cli.agreement_drafts import called, draft_in, draft_named
from brightline.domain.errors import BrightlineError
from brightline.sample import agreement_files


@pytest.fixture
def agreement(tmp_path: Path) -> Path:
    for name, content in agreement_files().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def refused(word: str) -> str:
    with pytest.raises(BrightlineError) as caught:
        draft_named(word)
    return caught.value.code


def test_refuses_what_is_no_agreement(tmp_path: Path) -> None:
    assert refused(str(tmp_path / "absent")) == "cli/not-a-directory"
    assert refused(str(tmp_path)) == "policy/agreement-faults"
    assert refused("pack:nobody-wrote-it") == "cli/unknown-pack"


def test_reads_directories_and_packs(agreement: Path) -> None:
    assert draft_in(str(agreement)).manifest.id == "sample"
    both = draft_named("pack:defence-clause-2026-03-02+s-4113")
    alone = draft_named("pack:defence-clause-2026-03-02")
    assert len(both.rules) > len(alone.rules)


def test_what_two_agreements_are_called(agreement: Path, tmp_path: Path) -> None:
    before = draft_in(str(agreement))
    manifest = agreement / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    assert called("a", "b", (before, before)) == ("`a`", "`b`")
    manifest.write_text(
        text.replace('"version": 1', '"version": 2').replace('"previous": ""', f'"previous": "{"ab" * 32}"'),
        encoding="utf-8",
    )
    after = draft_in(str(agreement))
    assert called("a", "b", (before, after)) == ("version 1", "version 2")
    assert called("pack:a", "b", (before, after)) == ("`pack:a`", "`b`")

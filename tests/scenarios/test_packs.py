"""Every pack holds together: read without faults, its red lines proved, and a hole found when one rule is taken out."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from brightline.packs import agreement_around, packs
from brightline.policy.draft import Draft, examine, own_schema, read_draft
from brightline.policy.proof.certificate import Certificate
from brightline.policy.proof.failures import ProofFailedError
from brightline.policy.proof.prove import prove
from brightline.policy.proof.solver import Limits

LIMITS = Limits(seconds=120, megabytes=2_000)
NAMES = [pack.name for pack in packs()]
# Two dates of one clause are the same rules under the same ids: an agreement has one of them.
ONE_CLAUSE = ("defence-clause-2026-02-28", "defence-clause-2026-03-02")
TOGETHER = [name for name in NAMES if name != ONE_CLAUSE[0]]
PAIRS = [pair for pair in combinations(NAMES, 2) if pair != ONE_CLAUSE]


def written(directory: Path, *names: str, without: str = "") -> Path:
    for path, content in {**agreement_around(*names), "schema.json": own_schema().encode()}.items():
        text = content.decode()
        if without and not path.startswith("redlines/"):
            text = re.sub(rf'@id\("{re.escape(without)}"\).*?;\n', "", text, flags=re.DOTALL)
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")
    return directory


def read(directory: Path, *names: str, without: str = "") -> Draft:
    draft, faults = read_draft(written(directory, *names, without=without))
    assert draft is not None, "\n".join(map(str, faults))
    return draft


def sound(directory: Path, *names: str) -> Draft:
    """The agreement around the packs, which whoever signs it has nothing to mend in."""
    examined = examine(written(directory, *names))
    assert examined.draft is not None, "\n".join(map(str, examined.faults))
    return examined.draft


def proved(draft: Draft) -> Certificate:
    return prove(draft, limits=LIMITS, progress=lambda _: None)


@pytest.mark.parametrize("name", NAMES)
def test_the_red_lines_of_a_pack_are_proved(name: str, tmp_path: Path) -> None:
    draft = read(tmp_path, name)
    certificate = proved(draft)
    assert draft.red_lines
    for line in draft.red_lines:
        mine = [witness for witness in certificate.witnesses if witness.red_line == line.reason.policy_id]
        assert len(mine) >= 2, line.reason.policy_id


def test_the_packs_hold_together(tmp_path: Path) -> None:
    assert proved(sound(tmp_path, *TOGETHER)).claims


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_any_two_packs_hold_together(pair: tuple[str, str], tmp_path: Path) -> None:
    draft = sound(tmp_path, *pair)
    seen = {witness.red_line for witness in proved(draft).witnesses}
    assert seen == {line.reason.policy_id for line in draft.red_lines}


def test_two_dates_of_one_clause_are_not_taken_together(tmp_path: Path) -> None:
    draft, faults = read_draft(written(tmp_path, *ONE_CLAUSE))
    assert draft is None
    assert {fault.code for fault in faults} == {"policy/duplicate-id"}


@pytest.mark.parametrize(
    ("name", "without"),
    [
        ("defence-clause-2026-02-28", "defence-clause-us-persons"),
        ("defence-clause-2026-03-02", "defence-clause-commercial-data"),
        ("domestic-surveillance", "domestic-surveillance-individual-basis"),
        ("eu-prohibited", "eu-prohibited-social-score"),
        ("red-lines-2026-02-26", "red-lines-autonomous-weapons"),
        ("s-4113", "s-4113-nuclear"),
        ("weapons-signoff", "weapons-signoff-autonomous"),
    ],
)
def test_a_pack_without_one_of_its_rules_is_not_proved(name: str, without: str, tmp_path: Path) -> None:
    draft = read(tmp_path, name, without=without)
    with pytest.raises(ProofFailedError):
        proved(draft)

import json
import re

import pytest

from brightline.packs import PACKS_DIRECTORY, pack_files, packs
from brightline.packs.info import read_files, read_packs

NAMES = [pack.name for pack in packs()]
WAYS_OF_READING = {"in full", "in part", "as quoted", "in summary"}
DATE = re.compile(r"\d{4}-\d\d-\d\d")


def test_refuses_a_pack_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        pack_files("s-4114")
    with pytest.raises(KeyError):
        pack_files("../sample")


@pytest.mark.parametrize(("field", "value"), [("format", 2), ("id", "other")])
def test_refuses_a_pack_of_another_format_or_name(field, value, tmp_path) -> None:
    written = json.loads((PACKS_DIRECTORY / "s-4113" / "pack.json").read_text(encoding="utf-8"))
    (tmp_path / "s-4113").mkdir()
    (tmp_path / "s-4113" / "pack.json").write_text(json.dumps({**written, field: value}), encoding="utf-8")
    with pytest.raises(ValueError, match="s-4113"):
        read_packs(tmp_path)


def test_a_folder_without_policies_has_no_files(tmp_path) -> None:
    assert read_files(tmp_path) == {}


def test_the_packs_of_this_release() -> None:
    assert sorted(NAMES) == NAMES
    assert {"weapons-signoff", "domestic-surveillance", "eu-prohibited", "s-4113"} <= set(NAMES)
    assert {"defence-clause-2026-02-28", "defence-clause-2026-03-02", "red-lines-2026-02-26"} <= set(NAMES)


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.name)
def test_a_pack_says_what_it_is(pack) -> None:
    assert "not legal advice" in pack.disclaimer.lower()
    assert "not a claim of compliance" in pack.disclaimer
    assert DATE.fullmatch(pack.date)
    assert pack.kind in {"law", "vendor", "bill"}
    assert pack.layers[0] == ("vendor" if pack.kind == "vendor" else "law")
    assert pack.sources
    for source in pack.sources:
        assert source.read in WAYS_OF_READING
        assert DATE.fullmatch(source.date)
        assert source.publisher
        assert source.address
    assert pack.readings
    assert pack.not_encoded


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.name)
def test_a_pack_lists_the_facts_that_its_rules_read(pack) -> None:
    text = b"\n".join(pack_files(pack.name).values()).decode()
    assert set(pack.facts) == set(re.findall(r"context\.fact\.(\w+)", text))
    assert "claimed" not in text


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_has_rules_and_red_lines_that_carry_its_name(name) -> None:
    assert set(pack_files(name)) == {f"rules/{name}.cedar", f"redlines/{name}.cedar"}


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_names_its_source_clause_and_date(name) -> None:
    for text in pack_files(name).values():
        pieces = [piece for piece in text.decode().split("\n\n") if "@id(" in piece]
        assert pieces
        for piece in pieces:
            source = re.search(r'@source\("(.*)"\)', piece)
            assert source is not None
            assert DATE.search(source[1])
            assert "@clause(" in piece
            assert "@reason(" in piece
            if "forbid" in piece and '@id("line-' not in piece:
                assert "@hint(" in piece


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_that_is_named_exists(name) -> None:
    pack = next(pack for pack in packs() if pack.name == name)
    text = pack_files(name)[f"rules/{name}.cedar"].decode()
    for line in pack.parameters:
        if "`@hold` of " in line:
            rule = line.rpartition("`@hold` of ")[2]
            assert f'@id("{rule}")' in text
            assert "@hold(" in text.partition(f'@id("{rule}")')[2].partition("@id(")[0]

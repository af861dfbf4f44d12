"""The operator's list of names: found however they are written, and a list that cannot be read is told by its line."""

from pathlib import Path

import pytest

from brightline.domain.data_subjects import Identifier
from brightline.use import Gazetteer, GazetteerError, find_in_text
from brightline.use import gazetteer as room

ANNA, JOSE = Identifier("listed", "anna beck"), Identifier("listed", "jose de la cruz")
LISTED = Gazetteer([["Anna Beck", "A. Beck", "Beck, Anna"], ["José de la Cruz"], ["Ann"]])


@pytest.mark.parametrize(
    "text",
    [
        "What did Anna Beck say?",
        "ANNA   BECK",
        "anna-beck",
        "by A. Beck.",
        "Beck, Anna",
        "a.beck",
        "Anna\nBeck",
        "Ánna Beck",
    ],
)
def test_a_person_is_found_however_the_name_is_written(text: str) -> None:
    assert set(LISTED.find(text)) == {ANNA}


def test_names_that_begin_alike_are_told_apart() -> None:
    assert set(LISTED.find("José de la Cruz and Jose de la Vega met Annabel Beckett")) == {JOSE}
    assert list(LISTED.find("Ann met Anna Beck, and Anna Beck left")) == [Identifier("listed", "ann"), ANNA, ANNA]


def test_a_name_of_several_is_all_of_them() -> None:
    listed = Gazetteer([["Jan Smit", "J. Smit"], ["Joke Smit", "J. Smit"], ["Jan Smit", "Jan Smit"]])
    assert {each.value for each in listed.find("j smit")} == {"jan smit", "joke smit"}


def test_a_listed_name_in_prose_or_hidden_is_one_person() -> None:
    plain = find_in_text("who is Anna Beck? and what of A. Beck?", listed=LISTED)
    assert (plain.identified, plain.unnamed) == (frozenset({ANNA}), 0)
    assert find_in_text("d2hvIGlzIEFubmEgQmVjaz8gdGVsbCBtZQ==", listed=LISTED).identified == {ANNA}
    assert find_in_text("who is Anna Beck?").identified == frozenset()


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "people.txt"
    path.write_text("# staff\n\nAnna Beck | A. Beck\n  Carl Dorn\n", encoding="utf-8")
    listed = Gazetteer.read(path)
    assert len(listed) == 3
    assert set(listed.find("A. Beck")) == {ANNA}


@pytest.mark.parametrize(
    ("data", "line", "why"),
    [
        (b"Anna Beck\nAl\n", 2, "needs 3 letters"),
        (b"Anna Beck | \n", 1, "needs 3 letters"),
        (b"a b c d e f g h i\n", 1, "may have 8 words"),
        (b"Anna Beck\n# x\nanna  beck\n", 3, "line 1 begins with the same name"),
        (b"Anna Beck\n\xff\n", 2, "no UTF-8"),
    ],
)
def test_what_cannot_be_taken_is_told_by_its_line(tmp_path: Path, data: bytes, line: int, why: str) -> None:
    path = tmp_path / "people.txt"
    path.write_bytes(data)
    with pytest.raises(GazetteerError, match=f"line {line}: .*{why}"):
        Gazetteer.read(path)


def test_a_list_has_its_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "people.txt"
    with pytest.raises(GazetteerError, match="no such file"):
        Gazetteer.read(path)
    path.write_text("Anna Beck\nCarl Dorn | C. Dorn\n", encoding="utf-8")
    monkeypatch.setattr(room, "MOST_NAMES", 2)
    with pytest.raises(GazetteerError, match="more than 2 names"):
        Gazetteer.read(path)
    monkeypatch.setattr(room, "MOST_BYTES", 5)
    with pytest.raises(GazetteerError, match="more than 5 bytes"):
        Gazetteer.read(path)

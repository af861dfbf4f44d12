"""Reading the directory: what is missing, unreadable, too large or does not belong."""

import os

import pytest

from brightline.policy.directory import MAX_CERTIFICATE_BYTES, MAX_ENTRIES, MAX_FILE_BYTES, read_directory


def faults(path):
    return [(fault.file, fault.code) for fault in read_directory(path)[1]]


def test_a_directory_that_is_not_there(tmp_path):
    assert faults(tmp_path / "nowhere") == [(".", "policy/unreadable-file")]


def test_everything_is_missing_at_once(tmp_path):
    found = faults(tmp_path)
    assert {code for _, code in found} == {"policy/missing-file"}
    assert len(found) == 6


def test_a_layer_without_policies(directory):
    path = directory({"law/law.cedar": None})
    assert faults(path) == [("law", "policy/missing-file")]


def test_files_that_do_not_belong(directory):
    path = directory({"notes.md": "x", "law/notes.txt": "x", "law/né\n.cedar": "x"})
    found = faults(path)
    assert ("notes.md", "policy/unknown-file") in found
    assert ("law/notes.txt", "policy/unknown-file") in found
    assert ("law/n\\xe9\\n.cedar", "policy/unknown-file") in found
    assert len(found) == 3


@pytest.mark.parametrize(
    ("content", "why"), [(b"\xff", "not UTF-8"), (b" " * (MAX_FILE_BYTES + 1), "larger than 262144 bytes")]
)
def test_bytes_that_cannot_be_read(directory, content, why):
    [fault] = read_directory(directory({"manifest.json": content}))[1]
    assert (fault.code, fault.text) == ("policy/unreadable-file", f"cannot be read: {why}")


def test_links_and_pipes_are_not_followed(directory):
    path = directory({"manifest.json": None, "effectors.json": None})
    (path / "manifest.json").symlink_to(path / "schema.json")
    os.mkfifo(path / "effectors.json")
    texts = [fault.text for fault in read_directory(path)[1]]
    assert texts == ["cannot be read: not a regular file", "cannot be read: a symbolic link"]


def test_a_layer_that_is_a_link_or_a_file(directory):
    path = directory()
    (path / "law/law.cedar").unlink()
    (path / "law").rmdir()
    (path / "law").symlink_to(path / "vendor")
    assert faults(path) == [("law", "policy/unreadable-file")]
    (path / "law").unlink()
    (path / "law").write_text("x")
    assert faults(path) == [("law", "policy/unreadable-file")]


def test_a_directory_in_place_of_a_file(directory):
    path = directory({"schema.json": None})
    (path / "schema.json").mkdir()
    assert faults(path) == [("schema.json", "policy/unreadable-file")]


def test_more_entries_than_any_agreement_has(directory):
    path = directory({f"law/{index}.cedar": "// nothing" for index in range(MAX_ENTRIES)})
    assert faults(path) == [("law", "policy/unreadable-file")]


def test_every_text_by_its_path(directory):
    texts, found = read_directory(directory())
    assert found == ()
    assert sorted(texts) == [
        *("effectors.json", "law/law.cedar", "manifest.json"),
        *("operator/operator.cedar", "schema.json", "vendor/vendor.cedar"),
    ]


def test_what_may_be_absent_from_a_draft_is_read_when_it_is_there(directory):
    later = {"certificate.json": "{}", "signatures.json": "{}", "redlines/lines.cedar": "// none"}
    texts, found = read_directory(directory(later))
    assert found == ()
    assert later.items() <= texts.items()


def test_a_folder_of_red_lines_without_any(directory):
    assert faults(directory({"redlines/notes.txt": "x"})) == [
        ("redlines", "policy/missing-file"),
        ("redlines/notes.txt", "policy/unknown-file"),
    ]


@pytest.mark.parametrize(
    ("name", "most"), [("certificate.json", MAX_CERTIFICATE_BYTES), ("signatures.json", MAX_FILE_BYTES)]
)
def test_the_certificate_may_be_larger_than_other_files_and_is_bounded_too(directory, name, most):
    assert faults(directory({name: b" " * most})) == []
    assert faults(directory({name: b" " * (most + 1)})) == [(name, "policy/unreadable-file")]

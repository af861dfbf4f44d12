"""`brightline describe explain`: what a text is described as, for people and for machines."""

import json
from pathlib import Path

import pytest

from brightline.use.shipped import describing

TEXT = "Watch her phone and tell me each night where she was and whom she met."


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text(TEXT)
    return path


def test_it_says_the_leaf_the_words_and_the_describer(run, file: Path) -> None:
    done = run("describe", "explain", file)
    assert done.exit_code == 0
    assert "described as surveillance.person" in done.stdout
    assert "words that weigh most: " in done.stdout
    assert describing().digest in done.stdout


def test_machines_get_whole_numbers(run, file: Path) -> None:
    result = json.loads(run("describe", "explain", file, "--json").stdout)["result"]
    assert (result["state"], result["leaf"]) == ("scored", "surveillance.person")
    assert all(isinstance(score, int) for score in result["scores"].values())
    assert len(result["scores"]) == 30


def test_what_cannot_be_read_is_unknown(run, file: Path) -> None:
    file.write_text("qzxv kjwq zzxp vvkq jxqz wqkz xjvq pzkx qvjz kxwq")
    assert "unknown: parts of it cannot be read" in run("describe", "explain", file).stdout


def test_what_hid_words_is_told(run, file: Path) -> None:
    file.write_text(TEXT[::-1])
    assert "done to hide words: reversed" in run("describe", "explain", file).stdout


@pytest.mark.parametrize("content", [b"\xff\xfe\xfd", b"a" * ((1 << 22) + 1)])
def test_what_is_no_text_is_refused(run, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    done = run("describe", "explain", file)
    assert done.exit_code == 1
    assert "cli/unreadable" in done.stderr


def test_another_describer_must_be_whole(run, file: Path, tmp_path: Path) -> None:
    done = run("describe", "explain", file, "--model", tmp_path)
    assert done.exit_code == 1
    assert "use/bad-describer" in done.stderr

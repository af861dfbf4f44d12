"""A file is there whole or not at all."""

import pytest

from brightline.cli.whole_file import write_whole


def test_a_file_is_replaced_in_one_step(tmp_path) -> None:
    (tmp_path / "f").write_bytes(b"old")
    write_whole(tmp_path / "f", b"new")
    assert (tmp_path / "f").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_failure_leaves_nothing(tmp_path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "inside").write_bytes(b"")
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "f", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["f"]

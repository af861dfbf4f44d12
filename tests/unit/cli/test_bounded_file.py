import pytest

from brightline.cli.bounded_file import read_bounded
from brightline.cli.errors import PlaceError


def test_refuses_what_is_not_there_is_no_file_or_is_too_large(tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    for path, most, why in (
        (tmp_path / "none", 9, "no such file"),
        (tmp_path, 9, "directory"),
        (tmp_path / "file", 4, "larger"),
    ):
        with pytest.raises(PlaceError) as caught:
            read_bounded(str(path), most)
        assert why in str(caught.value)


def test_reads_up_to_the_bound(tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read_bounded(str(tmp_path / "file"), 5) == b"12345"

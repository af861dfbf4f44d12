"""Where a passphrase comes from."""

import pytest

from brightline.cli.errors import PlaceError
from brightline.cli.passphrase import MAX_BYTES, VARIABLE, passphrase_given


def test_a_file_goes_before_the_environment(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, "from the environment")
    assert passphrase_given(None) == "from the environment"
    (tmp_path / "words").write_bytes(b"from the file\r\nand more\n")
    assert passphrase_given(str(tmp_path / "words")) == "from the file"
    monkeypatch.delenv(VARIABLE)
    assert passphrase_given(None) is None


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\n", b"x" * (MAX_BYTES + 1)])
def test_files_that_hold_none(tmp_path, data) -> None:
    (tmp_path / "words").write_bytes(data)
    with pytest.raises(PlaceError):
        passphrase_given(str(tmp_path / "words"))


def test_no_file(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        passphrase_given(str(tmp_path / "absent"))

"""The anchor."""

import errno
from pathlib import Path

import pytest

from brightline.ledger.anchor import Anchor
from brightline.ledger.errors import LogFaultError
from brightline.ledger.files import LocalFiles


class Unreadable(LocalFiles):
    def read(self, path: Path) -> bytes | None:
        raise OSError(errno.EIO, "input/output error")


def test_an_anchor_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    for anchor in (Anchor(tmp_path / "unmounted", LocalFiles()), Anchor(tmp_path, Unreadable())):
        with pytest.raises(LogFaultError) as caught:
            anchor.read("o")
        assert caught.value.code == "ledger/anchor-unreadable"


def test_without_a_directory_there_is_no_anchor() -> None:
    anchor = Anchor(None, LocalFiles())
    anchor.write("o", b"note")
    assert anchor.read("o") is None
    assert anchor.names() == []


def test_the_last_checkpoint_is_kept_for_each_log(tmp_path: Path) -> None:
    anchor = Anchor(tmp_path, LocalFiles())
    assert anchor.read("a/b") is None
    anchor.write("a/b", b"one")
    anchor.write("a/b", b"two")
    anchor.write("a/b/2", b"fork")
    assert anchor.read("a/b") == b"two"
    assert sorted(anchor.names()) == ["a_b.checkpoint", "a_b_2.checkpoint"]

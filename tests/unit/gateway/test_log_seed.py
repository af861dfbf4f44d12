import pytest

from brightline.crypto.errors import KeyFileError
from brightline.crypto.keyfiles import create_key, load_key
from brightline.gateway.log_seed import LogSeed


@pytest.fixture
def seed(tmp_path) -> LogSeed:
    create_key(tmp_path / "log.seed", lambda count: b"\x01" * count)
    return LogSeed(tmp_path / "log.seed", random=lambda count: b"\x02" * count)


def test_without_a_seed_there_is_nothing_to_sign_with(tmp_path) -> None:
    with pytest.raises(KeyFileError):
        LogSeed(tmp_path / "log.seed").candidates()
    with pytest.raises(OSError, match=r"log\.seed"):
        LogSeed(tmp_path / "log.seed").settle()


def test_a_rotation_cut_off_after_staging_leaves_both_and_goes_on_with_the_same(seed, tmp_path) -> None:
    staged = seed.stage()
    assert seed.candidates() == (b"\x01" * 32, staged)
    assert LogSeed(tmp_path / "log.seed", random=lambda count: b"\x03" * count).stage() == staged


def test_the_staged_seed_takes_the_place(seed, tmp_path) -> None:
    assert seed.candidates() == (b"\x01" * 32,)
    staged = seed.stage()
    seed.settle()
    assert seed.candidates() == (staged,)
    assert load_key(tmp_path / "log.seed") == staged

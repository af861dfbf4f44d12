"""Whatever byte of a log is changed, the verifier raises and names the file or the entry that holds it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brightline.ledger.verify import VerifyError, verify_directory
from brightline.testing.log_simulator import MemoryReader, SimulatedLog

LOG = SimulatedLog.of(260)
FILES = LOG.files()
# A changed hash may be told from either side: the tile that holds it, or the entry or tile that it should be of.
BESIDE = {"tile/0/000": "tile/entries/000", "tile/0/001.p/4": "tile/entries/001.p/4"}


def verify(files: dict[str, bytes]) -> None:
    verify_directory(MemoryReader(files), LOG.vkey)


@given(st.sampled_from(sorted(FILES)), st.data())
@settings(max_examples=400, deadline=None)
def test_a_changed_byte_is_found_where_it_lies(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(FILES[name]) - 1))
    mask = data.draw(st.integers(1, 255))
    changed = bytearray(FILES[name])
    changed[at] ^= mask
    with pytest.raises(VerifyError) as caught:
        verify({**FILES, name: bytes(changed)})
    assert caught.value.path in (name, BESIDE.get(name))
    if name.startswith("tile/entries/") and caught.value.entry is not None:
        first = 256 if name.startswith("tile/entries/001") else 0
        assert caught.value.entry == first + at // 232


@given(st.sampled_from(sorted(FILES)), st.data())
@settings(max_examples=100, deadline=None)
def test_a_piece_taken_out_or_put_in_is_found(name: str, data: st.DataObject) -> None:
    whole = FILES[name]
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    changed = whole[:start] + data.draw(st.binary(max_size=40)) + whole[end:]
    if changed == whole:
        verify({**FILES, name: changed})
    else:
        with pytest.raises(VerifyError):
            verify({**FILES, name: changed})


@given(
    st.text(max_size=40) | st.sampled_from(sorted(FILES)).flatmap(lambda name: st.text(max_size=4).map(name.__add__))
)
@settings(max_examples=200, deadline=None)
def test_no_other_name_belongs(name: str) -> None:
    if name not in FILES:
        with pytest.raises(VerifyError, match="does not belong"):
            verify({**FILES, name: b""})


@given(st.integers(1, 300), st.integers(1, 300))
@settings(max_examples=60, deadline=None)
def test_a_log_continues_each_of_its_own_past(old: int, new: int) -> None:
    earlier, later = (SimulatedLog.of(size) for size in sorted((old, new)))
    files = MemoryReader(later.files())
    verified = verify_directory(files, later.vkey, old_checkpoint=earlier.checkpoint())
    assert verified.size == max(old, new)

"""The chapter when the product does NOT do its job: the story stops and says so."""

import pytest

from brightline.cli.errors import StoryError
from brightline.cli.story import tampering
from brightline.domain.leaf import Kind, Leaf
from brightline.domain.tiles import encode_bundle
from brightline.ledger.verify import FileFaultError


def log_of(stage, *kinds: Kind) -> None:
    path = stage.log_directory / "tile" / "entries" / f"000.p/{len(kinds)}"
    path.parent.mkdir(parents=True)
    path.write_bytes(encode_bundle([Leaf(kind=kind).encode() for kind in kinds]))


@pytest.mark.parametrize(
    ("kinds", "verify", "why"),
    [
        ((Kind.GENESIS,), None, "no refusal was found"),
        ((Kind.GENESIS, Kind.REFUSAL), None, "took the changed copy"),
        ((Kind.GENESIS, Kind.REFUSAL), FileFaultError("checkpoint", "is missing"), "another place"),
    ],
)
def test_a_verifier_that_misses_the_change_stops_the_story(stage, monkeypatch, verified, kinds, verify, why) -> None:
    log_of(stage, *kinds)
    monkeypatch.setattr(tampering, "verified_log", lambda stage, step: verified(len(kinds)))

    def look(reader, vkey) -> None:
        if verify is not None:
            raise verify

    monkeypatch.setattr(tampering, "verify_directory", look)
    with pytest.raises(StoryError) as caught:
        tampering.CHAPTER.tell(stage)
    assert why in caught.value.message

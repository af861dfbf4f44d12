"""A key as the store keeps it."""

from brightline.domain.credential import KeyRecord
from brightline.domain.principal import Principal

PRINCIPAL = Principal(
    key_id="0a1b2c3d",
    name="analyst-1",
    organisation="o",
    unit="u",
    roles=frozenset(),
    app="a",
    missions=frozenset({"survey"}),
    default_mission="survey",
)


def record(revoked_at_ms: int | None) -> KeyRecord:
    return KeyRecord(
        principal=PRINCIPAL,
        secret_hash=b"h" * 32,
        weak=False,
        imported=False,
        created_by="root",
        created_at_ms=1,
        revoked_at_ms=revoked_at_ms,
    )


def test_a_revoked_key_does_not_work() -> None:
    assert not record(0).works
    assert record(None).works


def test_a_key_shows_its_id_and_not_its_hash() -> None:
    assert record(None).key_id == "0a1b2c3d"
    assert "hhhh" not in repr(record(None))

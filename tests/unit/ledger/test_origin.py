"""Names of logs."""

from dataclasses import replace

import pytest

from brightline.ledger.errors import OpenRefusedError
from brightline.ledger.origin import anchor_name, log_name, shard_origin
from tests.unit.ledger.conftest import AGREEMENT


@pytest.mark.parametrize("part", ["", "a b", "a+b", "../x", ".hidden", "a/b", "é", "a" * 64, "a\n"])
def test_odd_parts_refuse(part: str) -> None:
    for operator, agreement in ((part, AGREEMENT), ("acme", replace(AGREEMENT, id=part))):
        with pytest.raises(OpenRefusedError) as caught:
            log_name(operator, agreement)
        assert caught.value.code == "ledger/bad-origin"


def test_names() -> None:
    name = log_name("acme", AGREEMENT)
    assert name == "acme/pilot/field/070707070707"
    assert shard_origin(name, 1) == name
    assert shard_origin(name, 2) == f"{name}/2"
    assert anchor_name(shard_origin(name, 2)) == "acme_pilot_field_070707070707_2.checkpoint"

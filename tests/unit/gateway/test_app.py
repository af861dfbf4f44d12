"""The face for the command line: what cannot be served is said before anything listens."""

from pathlib import Path

import pytest

from brightline.domain.errors import BrightlineError
from brightline.gateway.app import serve
from brightline.testing.house import HouseSettings, make_house


def test_a_directory_that_is_no_house_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrightlineError) as caught:
        serve(tmp_path)
    assert caught.value.code == "gateway/no-house"


def test_a_port_that_cannot_be_is_refused(tmp_path: Path) -> None:
    house = make_house(tmp_path / "house", HouseSettings(base_url="http://127.0.0.1:1"))
    with pytest.raises(BrightlineError) as caught:
        serve(house, host="192.0.2.1", port=1)
    assert caught.value.code == "gateway/port-taken"

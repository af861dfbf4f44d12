"""The journeys put together: the release key, effectors' keys, and the commands."""

import asyncio
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.crypto.errors import KeyFileError
from brightline.gateway.errors import SettingsError
from brightline.gateway.house import open_house
from brightline.gateway.overseeing import RELEASE_KEY, _effectors, _null_audiences, release_key
from brightline.gateway.settings import EffectorSettings
from brightline.oversight.directory import entry_of
from brightline.testing.house import Gateway, HouseSettings, make_house, tell
from brightline.testing.sign_off import key_of


def test_the_release_key_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    made = release_key(tmp_path)
    assert release_key(tmp_path).public == made.public
    assert stat.S_IMODE((tmp_path / RELEASE_KEY).stat().st_mode) == 0o600
    (tmp_path / RELEASE_KEY).chmod(0o644)
    with pytest.raises(KeyFileError):
        release_key(tmp_path)


def test_an_effectors_key_that_is_none_refuses_the_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"valve-7\.example"):
        _effectors([EffectorSettings(audience="valve-7.example", public="AAAA")], tmp_path)


def test_an_effector_may_have_two_keys(tmp_path: Path) -> None:
    keys = [key_of("one").public, key_of("two").public]
    chosen = [EffectorSettings(audience="a", public=entry_of(key).encoded) for key in keys]
    assert _effectors(chosen, tmp_path) == {"a": keys}


def test_a_gateway_does_not_start_with_a_machine_that_is_reserved_for_decoys(tmp_path: Path) -> None:
    place = make_house(tmp_path / "house", HouseSettings(base_url="http://127.0.0.1:1"))
    key = entry_of(key_of("one").public).encoded
    with (place / "brightline.toml").open("a") as file:
        file.write(f'[[effector]]\naudience = "uav-2.example"\npublic = "{key}"\n')
    with pytest.raises(SettingsError) as caught:
        asyncio.run(open_house(place))
    assert caught.value.code == "gateway/null-audience"


def test_what_another_version_reserves_is_not_taken(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        agreement = gateway.house.agreement
        assert "uav-2.example" in _null_audiences(agreement, agreement.ref)
        assert _null_audiences(agreement, replace(agreement.ref, version=2, digest=bytes(32))) == ()

    tell(tmp_path, story)


def test_a_gateway_has_its_holds_and_their_commands(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        assert {"hold.list", "hold.sign", "oversight.report", "people.import"} <= gateway.house.commands.keys()
        assert (await gateway.command("hold.list"))["holds"] == []
        assert (await gateway.command("oversight.report"))["votes"] == 0
        metrics = (await gateway.ask("GET", "/metrics", key="")).body
        for name in (b"brightline_holds_open", b"brightline_holds_denied", b"brightline_reviews_overdue"):
            assert name in metrics
        assert await gateway.ready() == "ready"

    tell(tmp_path, story)

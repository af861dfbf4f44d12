from brightline.cli.key_grant import grant_args, key_lines, mission_words

OPTIONS = {"name": "a", "organisation": "b", "unit": "c", "app": "d", "roles": ()}


def test_the_only_mission_is_the_default_and_of_several_none_is() -> None:
    assert grant_args({**OPTIONS, "missions": ("m",), "default_mission": None})["default_mission"] == "m"
    assert grant_args({**OPTIONS, "missions": ("m", "n"), "default_mission": None})["default_mission"] is None
    assert grant_args({**OPTIONS, "missions": ("m", "n"), "default_mission": "n"})["default_mission"] == "n"
    assert grant_args({**OPTIONS, "missions": (), "default_mission": None})["default_mission"] is None


def test_words(key) -> None:
    assert mission_words({"missions": [], "default_mission": None}) == "none"
    assert mission_words({"missions": "no list", "default_mission": None}) == "none"
    assert any("WEAK" in line for line in key_lines("imported", {**key, "weak": True}))
    assert not any("WEAK" in line for line in key_lines("made", key))
    assert "owner: ana" in key_lines("made", {**key, "owner": "ana"})
    assert not any("owner" in line for line in key_lines("made", {**key, "owner": ""}))

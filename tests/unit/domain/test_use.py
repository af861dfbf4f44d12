"""A use gathers what its tools do."""

from dataclasses import fields

from brightline.domain.use import ToolEffect, Use


def test_a_use_names_the_effects_of_its_tools() -> None:
    blank = {field.name: None for field in fields(Use)}
    made = Use(**{**blank, "tools": (ToolEffect("a", "read"), ToolEffect("b", "read"), ToolEffect("c", "unknown"))})  # type: ignore[arg-type]
    assert made.effects == {"read", "unknown"}

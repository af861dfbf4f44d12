"""The effector register: what each tool does to the world, in a closed set of effect classes."""

from collections.abc import Mapping

from brightline.domain.use import UNKNOWN_EFFECT
from brightline.policy.fields import TOOL, Fields, near
from brightline.policy.strict_json import Node

FORMAT = 1
# In docs/glossary.md and in schema.json as the entities of type `Effect`; a test holds the three together.
EFFECT_CLASSES = ("read", "write", "communicate", "purchase", "control", "surveil", "kinetic", UNKNOWN_EFFECT)


def read_effectors(fields: Fields, node: Node) -> Mapping[str, str]:
    """The effect class of each registered tool; what is wrong goes to the faults of `fields`."""
    members = fields.members(node, "effector register", ("format", "tools"))
    fields.number(members.get("format"), "format", FORMAT, FORMAT)
    effects: dict[str, str] = {}
    for tool, item in fields.table(members.get("tools"), "tools").items():
        if not TOOL.fullmatch(tool):
            fields.bad(item.at, "tools", f"must name each tool in the form `{TOOL.pattern}`")
        if isinstance(item.value, str) and item.value in EFFECT_CLASSES:
            effects[tool] = item.value
        else:
            hint = near(str(item.value), EFFECT_CLASSES)
            fields.bad(item.at, tool, f"must have one of the effects {', '.join(EFFECT_CLASSES)}{hint}")
    return effects

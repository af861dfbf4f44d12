"""Compiles policies to Python functions: one for each scope, which tries every policy of that scope.

Two steps: `compile_policies` needs the policies alone, `Program.bind` gives them the entities of a store. The generated
module sees no builtins but names of types, and only the operators.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import CodeType

from brightline.policy import operators
from brightline.policy.expressions import Code, Constants, Expressions, Json, UnsupportedError, text_of, uid_of
from brightline.policy.layout import RULE_PARAMETERS, Layout, Tests
from brightline.policy.operators import EXTENSIONS, Pattern, Rules
from brightline.policy.values import Entity, EvaluationError, Uid, Value, key

_NAMES = (
    *("equal", "less", "less_equal", "add", "subtract", "multiply", "negate", "within", "is_type", "has"),
    *("has_tag", "get_tag", "like", "is_empty", "elements", "contains", "contains_all", "contains_any", "fail"),
    *("chosen_among", "long", "string"),
)
_TYPES = {"type": type, "dict": dict, "int": int, "str": str, "Entity": Entity}
# KeyError: a missing attribute; TypeError: an attribute of what is neither record nor entity.
_FAULTS = (EvaluationError, KeyError, TypeError)
_SCOPE_PARAMETERS = "principal, action, resource"


@dataclass(frozen=True, slots=True)
class Group:
    """The policies of one scope: whether it reaches a principal, an action and a resource, and what then to try."""

    reaches: Callable[[Entity, Entity, Entity], bool]
    rules: Rules


@dataclass(frozen=True, slots=True)
class Program:
    """Compiled policies, not yet bound to entities; `entities` are all that the policies name."""

    code: CodeType
    entities: tuple[Uid, ...]
    values: tuple[Value | Pattern, ...]

    def bind(self, handle: Callable[[Uid], Entity]) -> tuple[Group, ...]:
        """The policies, scope by scope, over the entities that `handle` gives."""
        scope: dict[str, object] = {name: getattr(operators, name) for name in _NAMES}
        scope |= {f"X_{name}": function for name, (_, function) in EXTENSIONS.items()}
        scope |= {"__builtins__": {}, "frozenset": frozenset, "key": key, **_TYPES, "FAULTS": _FAULTS}
        # INVARIANT: `code` was built by `compile_policies` from templates and constants only.
        exec(self.code, scope)  # noqa: S102
        bound = scope["bind"](tuple(map(handle, self.entities)), self.values)  # type: ignore[operator]
        return tuple([Group(reaches, rules) for reaches, rules in bound])


def _scope(variable: str, node: Json) -> list[str]:
    """The tests of one scope constraint; raises `UnsupportedError`, also for the slot of a template."""
    match node:
        case {"op": "All"}:
            return []
        case {"op": "==", "entity": uid}:
            return [f"{variable}.uid == {uid_of(uid)!r}"]
        case {"op": "in", "entity": uid}:
            return [f"{uid_of(uid)!r} in {variable}.within"]
        case {"op": "in", "entities": list(uids)}:
            any_of = " or ".join(f"{uid_of(uid)!r} in {variable}.within" for uid in uids)
            return [f"({any_of or False})"]
        case {"op": "is", "entity_type": kind, "in": inside}:
            return [f"{variable}.type == {text_of(kind)!r}", *_scope(variable, {**_record(inside), "op": "in"})]
        case {"op": "is", "entity_type": kind}:
            return [f"{variable}.type == {text_of(kind)!r}"]
    raise UnsupportedError("a scope of an unknown form")


def _record(node: Json) -> dict[str, Json]:
    if isinstance(node, dict):
        return node
    raise UnsupportedError("an unknown form of policy")


def _policy(expressions: Expressions, policy: Json) -> tuple[str, list[Code]]:
    """The scope of one policy as a Python expression, and its conditions."""
    node = _record(policy)
    scope: list[str] = []
    for variable in ("principal", "action", "resource"):
        scope += _scope(variable, node.get(variable))
    tests: list[Code] = []
    conditions = node.get("conditions")
    for condition in conditions if isinstance(conditions, list) else []:
        clause = _record(condition)
        if clause["kind"] not in ("when", "unless"):
            raise UnsupportedError(str(clause["kind"]))
        if clause["kind"] == "when":
            tests += expressions.tests(clause["body"])
        else:
            tests.append(Code(f"not {expressions.condition(clause['body'])}", "bool"))
    return " and ".join(scope) or "True", tests


def compile_policies(policies: Iterable[Json]) -> Program:
    """The program of `policies` (cedarpy's JSON form, in order); raises `UnsupportedError` or `TooDeepError`."""
    constants = Constants()
    expressions = Expressions(constants)
    scopes: dict[str, list[Tests]] = {}
    for position, policy in enumerate(policies):
        scope, tests = _policy(expressions, policy)
        scopes.setdefault(scope, []).append(Tests(position, tests))
    layout = Layout()
    bodies = [layout.body(found) for found in scopes.values()]
    lines = [f"E{index} = entities[{index}]" for index in range(len(constants.entities))]
    lines += [f"K{index} = values[{index}]" for index in range(len(constants.values))]
    lines += [f"S{index} = {text}" for index, text in enumerate(constants.sets)]
    lines += layout.lines
    for index, (scope, body) in enumerate(zip(scopes, bodies, strict=True)):
        lines += [f"def s{index}({_SCOPE_PARAMETERS}):", f"    return {scope}"]
        lines += [f"def g{index}({RULE_PARAMETERS}):", *(f"    {line}" for line in body)]
    lines.append(f"return ({''.join(f'(s{index}, g{index}), ' for index in range(len(scopes)))})")
    code = compile("\n".join(["def bind(entities, values):", *(f"    {line}" for line in lines)]), "<policies>", "exec")
    return Program(code, tuple(constants.entities), tuple(constants.values))

from brightline.policy.compile import compile_policies
from brightline.policy.entities import store_of
from brightline.policy.layers import read_layers
from brightline.policy.nearness import Nearness
from brightline.policy.trial import Trial
from brightline.policy.written import WrittenRequest

NOTES = '@clause("c") @source("s") @reason("r")'


def nearness(**files: str) -> Nearness:
    texts = {f"{layer}/{layer}.cedar": text for layer, text in files.items()}
    rules, faults = read_layers(texts)
    assert not faults
    store = store_of([])
    return Nearness(Trial(rules, compile_policies([dict(rule.policy) for rule in rules]), store), store)


def asked(**fact: object) -> WrittenRequest:
    return WrittenRequest(("U", "u"), ("Action", "a"), ("D", "d"), {"fact": fact})


def permit(name: str, when: str = "true", scope: str = "principal, action, resource", unless: str = "") -> str:
    rest = f" unless {{ {unless} }}" if unless else ""
    return f'@id("{name}") {NOTES} @limits("nothing") permit ({scope}) when {{ {when} }}{rest};\n'


def test_a_permit_has_no_obstacles() -> None:
    assert nearness(vendor=permit("v"), operator=permit("o")).obstacles(asked()) == 0


def test_every_part_that_is_not_met_counts() -> None:
    operator = permit(
        "o", "context.fact.a == 1 && context.fact.b == 2", 'principal == U::"other", action, resource', "context.fact.c"
    )
    near = nearness(vendor=permit("v"), operator=operator)
    assert near.obstacles(asked(a=1, b=2, c=False)) == 1
    assert near.obstacles(asked(a=1, b=0, c=True)) == 3
    assert near.obstacles(asked()) == 4  # what errors is not met


def test_the_nearest_permit_counts_and_each_prohibition() -> None:
    operator = permit("o", "context.fact.a == 1 && context.fact.b == 2") + permit("p", "context.fact.a == 3")
    law = f'@id("l") {NOTES} forbid (principal, action, resource) when {{ context.fact.c }};\n'
    near = nearness(vendor=permit("v"), operator=operator, law=law)
    assert near.obstacles(asked(a=0, b=0, c=True)) == 2


def test_a_layer_without_a_permit_is_out_of_reach() -> None:
    assert nearness(operator=permit("o")).obstacles(asked()) == 1_000

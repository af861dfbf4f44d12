from brightline.policy.layers import read_layers
from brightline.policy.vocabulary import vocabulary


def test_words_and_numbers_of_the_first_rules_come_first() -> None:
    text = (
        '@id("a") @clause("c") @source("s") forbid (principal, action, resource)\n'
        'when { context.fact.app == "late" && context.fact.input_bytes > 9223372036854775807 };\n'
        '@id("b") @clause("c") @source("s") forbid (principal, action, resource)\n'
        'when { context.fact.app == "early" && context.fact.input_bytes > 5 };\n'
    )
    rules, faults = read_layers({"law/law.cedar": text})
    assert not faults
    words, numbers = vocabulary([rules[1]], rules)
    assert words == ["early", "late"]
    assert numbers == [4, 5, 6, 2**63 - 2, 2**63 - 1]

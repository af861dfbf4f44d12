"""Reading policies: every fault with its line and column."""

import pytest

from brightline.domain.decision import Hold, Layer, Obligation, Reason
from brightline.policy import layers
from brightline.policy.layers import read_layers
from brightline.policy.strict_json import place

SCOPE = "(principal, action, resource)"


def faults(text, file="vendor/a.cedar"):
    return [(fault.code, fault.line, fault.column, fault.text) for fault in read_layers({file: text})[1]]


def test_rules_come_in_order_of_id_with_their_words():
    text = f'@id("b") @reason("why") @hint("next") @clause("c") @source("s") permit {SCOPE};\n@id("a") forbid {SCOPE};'
    rules, found = read_layers({"operator/x.cedar": text, "manifest.json": "{"})
    assert found == ()
    assert [rule.reason for rule in rules] == [
        Reason("a", Layer.OPERATOR),
        Reason("b", Layer.OPERATOR, "why", "next", "c", "s"),
    ]
    assert [(rule.forbids, rule.text.at) for rule in rules] == [(True, (2, 1)), (False, (1, 1))]


def test_a_rule_carries_what_its_annotations_say():
    text = f'@id("a") @clause("c 1") @source("law") @hold("officer, 2") @notify("chief") forbid {SCOPE};'
    [rule] = read_layers({"law/a.cedar": text})[0]
    assert (rule.clause, rule.source, rule.limits) == ("c 1", "law", None)
    assert rule.hold == Hold("a", "officer", 2)
    assert rule.obligations == (Obligation("notify", "chief", "a"),)
    [plain] = read_layers({"law/a.cedar": f'@id("a") forbid {SCOPE};'})[0]
    assert (plain.clause, plain.source, plain.hold, plain.obligations) == ("", "", None, ())


# `^` stands before the token that is pointed at.
@pytest.mark.parametrize(
    ("marked", "why"),
    [
        (f'@id("a") permit {SCOPE};\n\n@id("b")\npermit (principal, action ^resource);', "unexpected token"),
        (f'@id("a")\npermit {SCOPE}\nwhen {{ context.fact.^frobnicate() }};', "`frobnicate` is not a valid method"),
        (f'@id("a") permit {SCOPE} when {{ ^foo(1) }};', "`foo` is not a valid function"),
        (f'@id("a") permit {SCOPE} when {{ 1 ^# 2 }};', "invalid token"),
        (f'@id("a") permit {SCOPE} when {{ ^"abc }};', "invalid token"),
        ('@id("a") permit (principal, action, resource^)', "unexpected end of input"),
        (f'@id("a")\n^@id("b") permit {SCOPE};', "duplicate annotation: @id"),
        (f'@id("a") permit {SCOPE} when {{ ^abc }};', "invalid variable: abc"),
        (f'@id("a") permit {SCOPE} when {{ ^9223372036854775808 > 1 }};', "too large"),
        ("@^id", "unexpected end of input"),
        ("^;", "unexpected token"),
    ],
)
def test_syntax_is_pointed_at(marked, why):
    [(code, line, column, told)] = faults(marked.replace("^", ""))
    assert code == "policy/syntax"
    assert why in told
    assert (line, column) == place(marked, marked.index("^"))


def test_faults_of_several_policies_at_once():
    third = f'@id("b") @holt("x") @resaon("x") @hold("r, 1") permit {SCOPE};'
    text = f"permit {SCOPE};\nforbid (;\n{third}\n@id permit {SCOPE};"
    assert sorted((line, code) for code, line, *_ in faults(text)) == [
        (1, "policy/missing-id"),
        (2, "policy/syntax"),
        (3, "policy/permit-hold"),
        (3, "policy/unknown-annotation"),
        (3, "policy/unknown-annotation"),
        (4, "policy/bad-field"),
        (4, "policy/missing-id"),
    ]


def test_an_unknown_annotation_names_the_near_miss():
    [(code, line, column, text)] = faults(f'@id("b")\n  @reson("x")\npermit {SCOPE};')
    assert (code, line, column) == ("policy/unknown-annotation", 2, 3)
    assert "did you mean `reason`" in text


def test_an_id_of_another_form():
    [(code, _, _, text)] = faults(f'@id("Not An Id") permit {SCOPE};')
    assert code == "policy/bad-field"
    assert "`@id`" in text


def test_ids_are_unique_over_all_layers():
    one, two = f'@id("a") forbid {SCOPE};', f'\n@id("a") forbid {SCOPE};'
    [fault] = read_layers({"law/a.cedar": one, "vendor/b.cedar": two})[1]
    assert (fault.code, fault.file, fault.line) == ("policy/duplicate-id", "vendor/b.cedar", 2)
    assert "law/a.cedar:1" in fault.text


def test_the_law_layer_permits_nothing():
    assert faults(f'@id("a")\npermit {SCOPE};', "law/a.cedar")[0][:3] == ("policy/law-permit", 2, 1)


def test_templates_refuse():
    [(code, _, column, text)] = faults('@id("a") permit (principal == ?principal, action, resource);')
    assert (code, column, text) == ("policy/unsupported", 31, "uses template, which is not supported")


def test_what_would_exhaust_the_parser_never_reaches_it():
    for body in ("(" * 5_000 + "true" + ")" * 5_000, "true" + " && true" * 1_900):
        [(code, *_)] = faults(f'@id("a") permit {SCOPE} when {{ {body} }};')
        assert code == "policy/unsupported"


def test_a_file_that_reads_otherwise_as_a_whole(monkeypatch):
    text = f'@id("a") permit {SCOPE};'
    real = layers._static
    monkeypatch.setattr(layers, "_static", lambda given: real(given) if given == text else ([], False))
    [(code, _, _, why)] = faults(f"{text} // as a whole")
    assert code == "policy/syntax"
    assert "otherwise" in why


def test_a_file_that_cannot_be_read_as_a_whole(monkeypatch):
    text = f'@id("a") permit {SCOPE};'
    real = layers._static

    def static(given):
        if given != text:
            raise RecursionError
        return real(given)

    monkeypatch.setattr(layers, "_static", static)
    assert [code for code, *_ in faults(f"{text} // as a whole")] == ["policy/syntax"]


def test_a_whole_policy_is_no_beginning_of_one():
    assert layers._viable(f'@id("a") permit {SCOPE}')
    assert not layers._viable(f'@id("a") permit {SCOPE};')


def test_a_piece_that_is_not_one_policy(monkeypatch):
    monkeypatch.setattr(layers, "_static", lambda _: ([], False))
    assert [code for code, *_ in faults(f'@id("a") permit {SCOPE};')] == ["policy/syntax"]


def test_more_policies_than_any_agreement_has(monkeypatch):
    monkeypatch.setattr(layers, "MAX_POLICIES", 1)
    codes = [code for code, *_ in faults(f'@id("a") permit {SCOPE}; @id("b") permit {SCOPE};')]
    assert codes == ["policy/unreadable-file"]

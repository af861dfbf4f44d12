"""Reading the red lines: by the reader of the layers, under names of their own."""

from brightline.policy.redlines import MAX_RED_LINES, layer_texts, read_red_lines

NOTES = '@reason("never") @clause("c 1") @source("s")\n'
GOOD = f'@id("line-a")\n{NOTES}forbid (principal, action, resource) when {{ context.fact.remote_urls }};\n'


def codes(texts):
    return [(item.file, item.code) for item in read_red_lines(texts)[1]]


def test_a_permit_is_no_red_line():
    text = GOOD.replace("forbid", "permit")
    found = read_red_lines({"redlines/a.cedar": text})[1]
    assert [(item.file, item.line, item.code) for item in found] == [("redlines/a.cedar", 3, "policy/red-line-permit")]


def test_what_the_reader_of_the_layers_finds_stands_at_its_own_place():
    assert ("redlines/a.cedar", "policy/missing-id") in codes({"redlines/a.cedar": GOOD.replace('@id("line-a")', "")})
    assert codes({"redlines/a.cedar": "forbid oops;"}) == [("redlines/a.cedar", "policy/syntax")]
    [twice] = read_red_lines({"redlines/a.cedar": GOOD, "redlines/b.cedar": GOOD})[1]
    assert twice.file == "redlines/b.cedar"
    assert "redlines/a.cedar:1" in twice.text


def test_what_only_a_held_call_has_is_nothing_for_a_red_line():
    for name, value in (("risk", "top"), ("wait", "0"), ("term", "60")):
        text = GOOD.replace("forbid", f'@hold("officer, 1") @{name}("{value}") forbid')
        [found] = read_red_lines({"redlines/a.cedar": text})[1]
        assert (found.file, found.line, found.code) == ("redlines/a.cedar", 3, "policy/bad-field")
        assert f"`@{name}` belongs to rules" in found.text
    glass = GOOD.replace("forbid", '@hold("officer, 1") @break_glass("chief, 1") @own_machine("required") forbid')
    [line], found = read_red_lines({"redlines/a.cedar": glass})
    assert (line.hold.break_glass.role, line.hold.own_machine, found) == ("chief", True, ())


def test_more_red_lines_than_anybody_reads():
    many = "".join(GOOD.replace("line-a", f"line-{index}") for index in range(MAX_RED_LINES + 1))
    assert codes({"redlines/a.cedar": many}) == [("redlines", "policy/unreadable-file")]


def test_red_lines_in_order_of_id_and_nothing_of_the_layers():
    texts = {"redlines/b.cedar": GOOD, "redlines/a.cedar": GOOD.replace("line-a", "line-b"), "law/a.cedar": "oops"}
    rules, found = read_red_lines(texts)
    assert found == ()
    assert [rule.reason.policy_id for rule in rules] == ["line-a", "line-b"]
    assert [rule.text.file for rule in rules] == ["redlines/b.cedar", "redlines/a.cedar"]
    assert all(rule.forbids for rule in rules)
    assert layer_texts(texts) == {"law/a.cedar": "oops"}

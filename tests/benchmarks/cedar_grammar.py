"""The grammar of generated policies: for each kind of value its leaves, and the forms that make it of others.

Shared by the property test, which draws by Hypothesis, and by the differential benchmark.
"""

NUMBERS = ["0", "1", "-1", "2", "9223372036854775807", "-9223372036854775808"]
LEAVES = {
    "bool": [
        "true",
        "false",
        "context.b",
        "principal.b",
        "(principal.b == principal.n)",
        "(context.n == context.b)",
        "(principal.set.containsAny([]))",
        "principal has n",
        "context has r.n",
        'principal in G::"top"',
    ],
    "long": [*NUMBERS, "context.n", "principal.n", "principal.r.n", 'principal.getTag("a")', 'resource.getTag("zz")'],
    "string": ['""', '"a"', '"ab"', '"b"', '"a*"', '"\\n"', "context.s", "principal.s", 'principal.getTag("b")'],
    "set": ["[]", "[1, true]", '["a", "b"]', "[{n: 1}, {n: true}]", "principal.set", "context.set", "[context.b, 1]"],
    "record": ["{n: 1}", "{n: true}", "{n: 1, b: true}", "context.r", "principal.r", "context"],
    "entity": [
        "principal",
        "resource",
        "action",
        "principal.friend",
        "principal.gone",
        'U::"u"',
        'U::"gone"',
        'G::"g"',
    ],
    "decimal": ['decimal("1.5")', 'decimal("-0.0001")', 'decimal("x")'],
    "ip": ['ip("10.1.2.3")', 'ip("::1")', 'ip("1")', "principal.ip", 'ip("224.0.0.0/4")'],
    "datetime": [
        'datetime("2024-02-29")',
        'datetime("2024-02-30")',
        "principal.at",
        'datetime("0000-01-01T00:00:00Z")',
    ],
    "duration": ['duration("1d2h")', 'duration("-1ms")', 'duration("h")', 'duration("9223372036854775807ms")'],
}
# Each template with the kinds of its operands, by the kind that it gives.
TEMPLATES = {
    "bool": [
        *(("({} " + word + " {})", kind, kind) for word in ("==", "!=") for kind in LEAVES),
        *(("({} == {})", "bool", "long"), ("({} == {})", "long", "bool"), ("({} == {})", "record", "long")),
        *(
            ("({} " + word + " {})", kind, kind)
            for word in ("<", "<=", ">", ">=")
            for kind in ("long", "datetime", "duration")
        ),
        *(("({} " + word + " {})", "bool", "bool") for word in ("&&", "||")),
        *(("{}." + word + "({})", "set", "set") for word in ("containsAll", "containsAny")),
        *(("{}.contains({})", "set", kind) for kind in ("bool", "long", "string", "record", "set")),
        *(("{}." + word + "({})", "decimal", "decimal") for word in ("lessThan", "lessThanOrEqual", "greaterThan")),
        *(("{}." + word + "()", "ip") for word in ("isIpv4", "isIpv6", "isLoopback", "isMulticast")),
        ("{}.isInRange({})", "ip", "ip"),
        ("{}.greaterThanOrEqual({})", "decimal", "decimal"),
        ("{}.isEmpty()", "set"),
        ("{}.hasTag({})", "entity", "string"),
        ("(!{})", "bool"),
        ("({} in {})", "entity", "entity"),
        ("({} in [{}, {}])", "entity", "entity", "entity"),
        ("({} is U)", "entity"),
        ("({} is U in {})", "entity", "entity"),
        ("(if {} then {} else {})", "bool", "bool", "bool"),
    ],
    "long": [
        ("({} + {})", "long", "long"),
        ("({} - {})", "long", "long"),
        ("(({}) * 2)", "long"),
        ("(-({}))", "long"),
        ("(if {} then {} else {})", "bool", "long", "long"),
        *(
            ("{}." + word + "()", "duration")
            for word in ("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays")
        ),
    ],
    "string": [("(if {} then {} else {})", "bool", "string", "string")],
    "set": [("[{}, {}]", kind, kind) for kind in ("bool", "long", "string", "record", "set", "ip")],
    "record": [("{{n: {}, b: {}}}", "long", "bool"), ("{{n: {}, r: {}}}", "bool", "record")],
    "entity": [("(if {} then {} else {})", "bool", "entity", "entity")],
    "decimal": [],
    "ip": [],
    "datetime": [("{}.offset({})", "datetime", "duration"), ("{}.toDate()", "datetime")],
    "duration": [("{}.durationSince({})", "datetime", "datetime"), ("{}.toTime()", "datetime")],
}

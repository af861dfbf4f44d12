"""Attacks on the action, its window, its state and the machine that it is for."""

from brightline.testing.sign_off import HOUR_MS, MINUTE_MS, NOW_MS
from tests.releases.edits import another_tool
from tests.releases.forger import Attack, Forged, drop, put

OTHER = "ab" * 32
WINDOW: tuple[Attack, ...] = (
    ("a clock moved back", "effector/not-yet", Forged(now_ms=NOW_MS - MINUTE_MS - 5_001)),
    ("a clock moved forward", "effector/expired", Forged(now_ms=NOW_MS + 14 * MINUTE_MS)),
    (
        "a window longer than the machine takes",
        "effector/window-too-long",
        Forged(fields={"not_after_ms": NOW_MS + HOUR_MS}),
    ),
    (
        "a window that ends before it begins",
        "effector/malformed",
        Forged(binding=put("not_before_ms", NOW_MS + 14 * MINUTE_MS)),
    ),
)
ACTION: tuple[Attack, ...] = (
    ("no release", "effector/no-release", Forged(raw=lambda _data: b"")),
    ("for another machine", "effector/wrong-audience", Forged(bundle=put("audience", "uav-2.example"))),
    (
        "a decoy released",
        "effector/null-audience",
        Forged(fields={"audience": "null"}, bundle=put("audience", "uav-1.example")),
    ),
    (
        "a changed coordinate",
        "effector/other-action",
        Forged(arguments=lambda data: data.replace(b"52.0907", b"52.0908")),
    ),
    (
        "a coordinate left out",
        "effector/other-action",
        Forged(arguments=lambda data: data.replace(b'"latitude":52.0907,', b"")),
    ),
    (
        "an argument too many",
        "effector/other-action",
        Forged(arguments=lambda data: data.replace(b"{", b'{"fast":true,')),
    ),
    (
        "an argument twice",
        "effector/other-action",
        Forged(arguments=lambda data: data.replace(b"{", b'{"latitude":0,')),
    ),
    (
        "an argument as text",
        "effector/other-action",
        Forged(arguments=lambda data: data.replace(b"52.0907", b'"52.0907"')),
    ),
    ("arguments cut short", "effector/other-action", Forged(arguments=lambda data: data[:-1])),
    (
        "a redacted argument that hides another value",
        "effector/other-action",
        Forged(fields={"arguments": {"code": "***"}}, arguments=lambda _data: b'{"code":"4711"}'),
    ),
    (
        "approval by the tool's name: another tool that demands the same",
        "effector/other-action",
        Forged(bundle=another_tool("drop_anchor"), tool="drop_anchor"),
    ),
    ("a tool that the machine does not have", "effector/unknown-tool", Forged(tool="drop_anchor")),
    ("a tool named like what every object has", "effector/unknown-tool", Forged(tool="__proto__")),
    (
        "a tool whose definition changed",
        "effector/other-definition",
        Forged(bundle=put("tools.release_payload.definition", OTHER)),
    ),
    ("another state than was shown", "effector/precondition", Forged(preconditions=put("uav-1/state", "landed"))),
    ("a state that nobody read", "effector/precondition", Forged(preconditions=drop("uav-1/state"))),
    (
        "a state named like what every object has",
        "effector/precondition",
        Forged(fields={"preconditions": {"toString": "x"}}, preconditions=drop("toString")),
    ),
    ("another agreement in force", "effector/other-agreement", Forged(bundle=put("agreements", [OTHER]))),
)

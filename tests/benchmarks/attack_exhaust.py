"""Attacks on whoever reads: policies and files that are made to cost parser, compiler or memory more than they hold."""

from collections.abc import Callable

from tests.benchmarks.attack_scene import Attack, Scene, policy

N = "context.fact.input_bytes"
DEEP = 5_000


def _policies(text: str) -> Callable[[Scene], object]:
    return lambda scene: scene.draft(files={"vendor/more.cedar": text})


def _forbid(condition: str) -> Callable[[Scene], object]:
    return _policies(policy("forbid", "costly", condition))


def _file(name: str, text: str) -> Callable[[Scene], object]:
    return lambda scene: scene.draft(files={name: text})


def _many(count: int) -> str:
    """More policies than an agreement holds, as short as they can be."""
    return "\n".join(f'@id("p{number}")forbid(principal,action,resource);' for number in range(count))


def _thousands(scene: Scene) -> object:
    files = {f"vendor/m{part}.cedar": _many(400).replace('"p', f'"p{part}-') for part in range(4)}
    return scene.draft(files=files)


def _hundred_files(scene: Scene) -> object:
    return scene.draft(files={f"vendor/m{part}.cedar": "" for part in range(100)})


_GROUP = "made to exhaust"
EXHAUST = (
    Attack(_GROUP, "parentheses, thousands deep", "policy/unsupported", _forbid("(" * DEEP + "true" + ")" * DEEP)),
    Attack(_GROUP, "negations, thousands deep", "policy/unsupported", _forbid("!" * DEEP + "true")),
    Attack(_GROUP, "a chain of thousands of `&&`", "policy/unsupported", _forbid(" && ".join(["true"] * DEEP))),
    Attack(_GROUP, "a chain of thousands of `+`", "policy/unsupported", _forbid(f"{' + '.join([N] * DEEP)} > 1")),
    Attack(_GROUP, "sets in sets, thousands deep", "policy/unsupported", _forbid("[" * DEEP + "]" * DEEP + " == []")),
    Attack(_GROUP, "thousands of policies", "policy/unreadable-file", _thousands),
    Attack(_GROUP, "a hundred files in a folder", "policy/unreadable-file", _hundred_files),
    Attack(_GROUP, "a file of a megabyte", "policy/unreadable-file", _policies("// " + "x" * 1_000_000)),
    Attack(_GROUP, "a manifest nested thousands deep", "policy/bad-json", _file("manifest.json", "[" * 100_000)),
    Attack(_GROUP, "a register nested thousands deep", "policy/bad-json", _file("effectors.json", '{"a":' * 20_000)),
    Attack(_GROUP, "a number of a hundred thousand digits", "policy/bad-json", _file("manifest.json", "9" * 100_000)),
)

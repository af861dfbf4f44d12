"""Small agreements for the tests of the lint: policies in three layers over fixed registers."""

from dataclasses import replace

from brightline.domain.agreement import Deployment, Mission
from brightline.domain.call import Dialect
from brightline.domain.use import ToolEffect
from brightline.policy.draft import own_schema
from brightline.policy.layers import read_layers
from brightline.policy.lint import Subject
from brightline.policy.manifest import Manifest
from brightline.policy.redlines import layer_texts, read_red_lines
from brightline.policy.request import closed_entities, entities_of

SCOPE = "(principal, action, resource)"
ONE, TWO = (
    Deployment(name, "Vendor", f"model-{name}", frozenset({Dialect.OPENAI_CHAT}), "edge") for name in ("one", "two")
)
MANIFEST = Manifest(
    id="pact",
    version=1,
    previous=b"",
    not_before_ms=0,
    expires_ms=1,
    operator="Operator",
    vendor="Vendor",
    parties=(),
    current_by=(),
    deployments={"one": ONE, "two": TWO},
    enclaves={"field": ("one",), "depot": ("one", "two"), "bare": ()},
    current_days={},
    aliases={},
    units={"org": ("unit", "staff"), "partner": ("liaison",)},
    agencies={"org": "defence", "partner": "contractor"},
    missions={name: Mission("general") for name in ("reporting", "supply")},
)
EFFECTORS = {name: ToolEffect(name, "read") for name in ("search", "open_gate")}


def subject(texts, **changes):
    """What `texts`, by file, amount to; they must be read without a fault."""
    rules, faults = read_layers(layer_texts(texts))
    red_lines, more = read_red_lines(texts)
    assert (*faults, *more) == ()
    manifest = replace(MANIFEST, **changes)
    entities = [*closed_entities(), *entities_of(manifest)]
    return Subject(rules, red_lines, manifest, EFFECTORS, entities, own_schema())

"""The sample agreement without its counting of people, for whoever adds meters of his own, or none."""

import json

from brightline.policy.draft import own_schema
from brightline.sample import agreement_files

# The files of the sample that speak of its meter.
_COUNTING = "people.cedar"


def uncounted_sample() -> dict[str, bytes]:
    """The sample's files by their paths, without its meter and what is ruled about it."""
    files = {name: text for name, text in agreement_files().items() if not name.endswith(_COUNTING)}
    manifest = json.loads(files["manifest.json"])
    del manifest["meters"]
    return {**files, "manifest.json": json.dumps(manifest, indent=2).encode(), "schema.json": own_schema().encode()}

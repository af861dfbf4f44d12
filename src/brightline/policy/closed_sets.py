"""The closed sets: what an effector does, and how missions, organisations and deployments are described.

They are in docs/glossary.md and in schema.json as the members of each entity type; a test holds the three together.
`unknown` says that nobody stated it, and a policy has to say what that means.
"""

from collections.abc import Mapping
from types import MappingProxyType

UNKNOWN = "unknown"

# What an effector does to the world.
EFFECTS = ("read", "write", "communicate", "purchase", "control", "surveil", "kinetic", UNKNOWN)
# Whose data an effector reaches, by how it came to be there.
DATA_ORIGINS = ("public", "private", "commercial", "government", UNKNOWN)
# Whose data subjects an effector reaches.
SUBJECTS = ("domestic", "foreign", UNKNOWN)
# What an effector can be used for that some agreement, law or published wording speaks of.
ACTIVITIES = (
    *("monitor", "track", "profile", "target", "identify-live", "score-socially", "predict-crime", "scrape-faces"),
    *("infer-emotion", "categorise-biometrically", "select-targets", "engage", "launch-nuclear", UNKNOWN),
)
# What a mission is for.
PURPOSES = (
    *("general", "military-operation", "foreign-intelligence", "counterintelligence", "law-enforcement", "training"),
    UNKNOWN,
)
# What kind of body an organisation is.
AGENCIES = ("defence", "intelligence", "law-enforcement", "civil", "contractor", UNKNOWN)
# Where a deployment runs.
LOCATIONS = ("cloud", "edge", UNKNOWN)
MODALITIES = ("text", "image", "audio", "document", UNKNOWN)
# How long a record is kept; a later one is stricter, and the strictest of several binds.
RETENTIONS = ("brief", "ordinary", "extended", "permanent")

# By the entity type of the schema that has them as members.
CLOSED_SETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Effect": EFFECTS,
        "DataOrigin": DATA_ORIGINS,
        "Subject": SUBJECTS,
        "Activity": ACTIVITIES,
        "Purpose": PURPOSES,
        "Agency": AGENCIES,
        "Location": LOCATIONS,
        "Modality": MODALITIES,
    }
)

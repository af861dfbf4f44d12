"""The packs: rules of law and published wordings of vendors as Cedar policies, to be copied into an agreement's layers.

Data, and where it lies. No pack is legal advice or a claim of compliance; each rule names its source, clause and date.
"""

from pathlib import Path

__all__ = ["PACKS_DIRECTORY"]

PACKS_DIRECTORY = Path(__file__).parent

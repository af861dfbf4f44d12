"""Which mission a use is for: what the caller stated, if its key allows it, else the key's default."""

from brightline.domain.principal import Principal
from brightline.identity.errors import MissionError
from brightline.identity.names import is_name


def choose_mission(principal: Principal, claimed: str | None) -> str:
    """The mission of a use; raises `MissionError` for none, a malformed one, and one the key may not name."""
    if claimed is None:
        if principal.default_mission is None:
            raise MissionError("identity/no-mission")
        return principal.default_mission
    if claimed in principal.missions:
        return claimed
    if not is_name(claimed):
        raise MissionError("identity/bad-mission")
    raise MissionError("identity/mission-not-allowed", mission=claimed)

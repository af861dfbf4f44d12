"""The contracts in `pyproject.toml` name every room there is, so that a new one cannot stand outside of them."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "brightline"
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}
# The rooms in which a library may be imported, by the contract that keeps it out of all others.
HOMES = {
    "crypto-only": {"crypto"},
    "driver-only": {"storage"},
    "cedar-only": {"policy"},
    "model-only": {"providers"},
}


def rooms() -> set[str]:
    return {path.parent.name for path in SOURCE.glob("*/*.py")}


def test_every_room_is_placed_in_the_arrows() -> None:
    layers = CONTRACTS["arrows"]["layers"]
    placed = {room.strip() for layer in layers for room in layer.split("|")}
    assert rooms() == placed
    assert CONTRACTS["arrows"]["exhaustive"] is True


@pytest.mark.parametrize("contract", sorted(HOMES))
def test_every_room_but_its_home_is_kept_from_a_library(contract: str) -> None:
    kept_out = {module.removeprefix("brightline.") for module in CONTRACTS[contract]["source_modules"]}
    assert kept_out == rooms() - HOMES[contract]


@pytest.mark.parametrize(("contract", "home"), [("inspector", "ledger"), ("effector", "oversight")])
def test_who_reads_all_that_he_runs_is_kept_from_every_room_but_two(contract: str, home: str) -> None:
    forbidden = {module.removeprefix("brightline.") for module in CONTRACTS[contract]["forbidden_modules"]}
    assert forbidden == rooms() - {"domain", "crypto", home}

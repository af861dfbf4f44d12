"""Attacks on proofs: certificates that hold something else, and agreements about which a proof says nothing."""

from tests.benchmarks.attack_scene import Attack


def proof_attacks() -> tuple[Attack, ...]:
    """The attacks that ask the provers; they need the solvers."""
    return ()

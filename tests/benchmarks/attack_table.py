"""All attacks on signatures, manifests, certificates, versions and statements."""

from tests.benchmarks.attack_exhaust import EXHAUST
from tests.benchmarks.attack_papers import CERTIFICATES, MANIFESTS, SIGNATURES
from tests.benchmarks.attack_parties import PARTIES, SEQUENCE, STATEMENTS, TIGHTENING

ATTACKS = (*SIGNATURES, *PARTIES, *SEQUENCE, *TIGHTENING, *CERTIFICATES, *STATEMENTS, *MANIFESTS, *EXHAUST)

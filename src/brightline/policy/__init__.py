"""Decides uses under one agreement: reads its directory, names all faults at once, answers permit or forbid.

Face: `load_agreement` (raises `AgreementFaultsError`), `examine` (every `Fault` and warning), `check` (faults alone),
`Agreement`, `AgreementPort`, `MeterLimit`, `PolicyError`; `Shadow` (how live uses are decided twice) and `Divergence`
(what its alarm is told).
Policies are Cedar; cedarpy parses, validates and confirms at load and on a share of live uses; decisions run as our own
generated Python.

INVARIANT: any satisfied forbid of any layer refuses; vendor and operator must each permit; a forbid that errors, or an
absent entity, refuses. Only this room imports `cedarpy`.
"""

from brightline.policy.draft import Examined, examine
from brightline.policy.errors import AgreementFaultsError, PolicyError
from brightline.policy.faults import Fault
from brightline.policy.meter_limits import MeterLimit
from brightline.policy.ports import AgreementPort
from brightline.policy.service import Agreement, agreement_of, check, load_agreement
from brightline.policy.shadow import Divergence, Shadow

__all__ = [
    "Agreement",
    "AgreementFaultsError",
    "AgreementPort",
    "Divergence",
    "Examined",
    "Fault",
    "MeterLimit",
    "PolicyError",
    "Shadow",
    "agreement_of",
    "check",
    "examine",
    "load_agreement",
]

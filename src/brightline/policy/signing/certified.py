"""Whether an agreement carries the certificate of a proof that is about this very agreement.

LIMIT: this reads whose certificate it is, and that every red line is among its claims; it does not redo the proof.
`brightline agreement verify-proof` does; at acceptance the gateway does where the solvers are installed, and else
rests on the parties, who signed the certificate.
"""

from brightline.policy.directory import CERTIFICATE
from brightline.policy.draft import Draft
from brightline.policy.errors import PolicyError
from brightline.policy.proof.certificate import read_certificate
from brightline.policy.proof.subject import subject_digest


def check_certified(draft: Draft) -> None:
    """Check that `draft` carries a certificate about itself, with a claim for each of its red lines.

    Raises `PolicyError`: `policy/no-red-lines`, `policy/no-certificate`, `policy/bad-certificate`,
    `policy/foreign-certificate` or `policy/certificate-claims`.
    """
    if not draft.red_lines:
        raise PolicyError("policy/no-red-lines")
    text = draft.texts.get(CERTIFICATE)
    if text is None:
        raise PolicyError("policy/no-certificate")
    certificate = read_certificate(text)
    wanted = subject_digest(draft)
    if certificate.subject != wanted:
        raise PolicyError("policy/foreign-certificate", found=certificate.subject[:16], wanted=wanted[:16])
    claimed = {claim.red_line for claim in certificate.claims}
    for rule in draft.red_lines:
        if rule.reason.policy_id not in claimed:
            raise PolicyError("policy/certificate-claims", what=f"none is about `{rule.reason.policy_id}`")

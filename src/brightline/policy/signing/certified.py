"""Whether an agreement carries the certificate of a proof that is about this very agreement.

LIMIT: this reads whose certificate it is and does not redo the proof. `brightline agreement verify-proof` does; at
acceptance the gateway does where the solvers are installed, and else rests on the parties, who signed the certificate.
"""

from brightline.policy.directory import CERTIFICATE
from brightline.policy.draft import Draft
from brightline.policy.errors import PolicyError
from brightline.policy.proof.certificate import read_certificate
from brightline.policy.proof.subject import subject_digest


def check_certificate(draft: Draft) -> None:
    """Check that `draft` carries a certificate about itself.

    Raises `PolicyError`: `policy/no-certificate`, `policy/bad-certificate` or `policy/foreign-certificate`.
    """
    text = draft.texts.get(CERTIFICATE)
    if text is None:
        raise PolicyError("policy/no-certificate")
    found, wanted = read_certificate(text).subject, subject_digest(draft)
    if found != wanted:
        raise PolicyError("policy/foreign-certificate", found=found, wanted=wanted)

"""All attacks on a release that is signed as it should be, and how each of the two verifiers judges one."""

from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.trust import TrustBundle
from brightline.oversight.effector import Action, ReleaseCheck
from brightline.oversight.errors import EffectorError
from tests.releases.forger import Attack
from tests.releases.on_action import ACTION, WINDOW
from tests.releases.on_bundle import BUNDLE
from tests.releases.on_form import FORM
from tests.releases.on_log import LOG, SHOWN
from tests.releases.on_one_check import ONE_CHECK
from tests.releases.on_people import PERSONS, REVOKED
from tests.releases.on_signatures import SIGNED
from tests.releases.second_verifier import Judged

ATTACKS: tuple[Attack, ...] = (*WINDOW, *ACTION, *PERSONS, *REVOKED, *SIGNED, *LOG, *SHOWN, *BUNDLE, *ONE_CHECK)
ALL: tuple[Attack, ...] = (*ATTACKS, *FORM)


def judge(release: bytes, judged: Judged) -> str | None:
    """The code with which the Python effector refuses `release`, or none."""
    try:
        bundle = TrustBundle.parse(judged.bundle)
    except SignOffError:
        return "effector/bad-bundle"
    return judge_by(bundle, release, judged)


def judge_by(bundle: TrustBundle, release: bytes, judged: Judged) -> str | None:
    """`judge`, with a bundle that was read."""
    action = Action(judged.tool, judged.arguments, judged.preconditions)
    try:
        check = ReleaseCheck(bundle, revocations=lambda: judged.revocations)
        check.check(release, action, now_ms=judged.now_ms)
    except EffectorError as error:
        return error.code
    return None

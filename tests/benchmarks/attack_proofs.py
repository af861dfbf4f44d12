"""Attacks on proofs, run through the real provers: they need both solvers.

A certificate that holds something else than it says, agreements about which a proof says nothing, and policies on
which a solver works for longer than it may.
"""

from collections.abc import Callable
from dataclasses import replace

from brightline.policy.draft import Draft
from brightline.policy.proof.certificate import SOLVERS, Certificate, digest_of_text
from brightline.policy.proof.prove import prove
from brightline.policy.proof.solver import Limits
from brightline.policy.proof.subset import check_subset
from brightline.policy.proof.verify_proof import verify_proof
from tests.benchmarks.attack_scene import LAYERS, NOTHING, WIDER, Attack, Scene, certificate_for, policy

UNRELATED = "(set-logic ALL)\n(declare-const x Int)\n(assert (> x x))\n(check-sat)\n"
ORDINARY, SHORT = Limits(), Limits(seconds=1.0, megabytes=512)
N, M = "context.fact.input_bytes", "context.fact.message_count"
KINETIC = 'context.fact.effects.contains(Effect::"kinetic")'
# Whole numbers whose cubes add up: nothing that a solver finishes in a second.
HARD = f"{N} * {N} * {N} + {M} * {M} * {M} == 114 + {N} * {M} * 7"


def _silent(step: object) -> None:
    """Nobody watches."""


def _proved(scene: Scene, files: dict[str, str], limits: Limits) -> object:
    return prove(scene.draft(certified=False, files=files), limits=limits, progress=_silent)


def _verified(draft: Draft, certificate: Certificate) -> object:
    return verify_proof(draft, certificate.to_json(), limits=ORDINARY, progress=_silent)


def _unrelated(scene: Scene) -> object:
    """Every claim rests on one formula that is unsatisfiable and about nothing."""
    draft = scene.draft(certified=False)
    digest = digest_of_text(UNRELATED)
    made = certificate_for(draft)
    claims = tuple(replace(claim, formulas=dict.fromkeys(SOLVERS, digest)) for claim in made.claims)
    return _verified(draft, replace(made, claims=claims, texts={digest: UNRELATED}))


def _of_others(scene: Scene) -> object:
    return _verified(scene.draft(certified=False), certificate_for(scene.draft(files=WIDER, certified=False)))


def _renamed(scene: Scene) -> object:
    """The certificate of other policies, with this agreement's digest written over theirs."""
    files = _red_line(KINETIC)
    draft = scene.draft(certified=False, files=files)
    other = scene.draft(certified=False, files={**files, **WIDER})
    proved = prove(other, limits=ORDINARY, progress=_silent)
    return _verified(draft, replace(proved, subject=certificate_for(draft).subject))


def _red_line(condition: str) -> dict[str, str]:
    return {"redlines/red-lines.cedar": policy("forbid", "red-line-costly", condition)}


def _annotated(texts: str, name: str, annotations: str) -> str:
    """`texts` with more annotations on the policy `name`."""
    return texts.replace(f'@id("{name}")', f'@id("{name}")\n{annotations}')


def _around(line: str, law: str) -> dict[str, str]:
    """A red line and the law that keeps it, with these annotations."""
    return {
        "redlines/red-lines.cedar": _annotated(policy("forbid", "red-line-costly", KINETIC), "red-line-costly", line),
        "law/law.cedar": _annotated(LAYERS["law/law.cedar"], "law-kinetic", law),
    }


def _with(files: dict[str, str], limits: Limits = ORDINARY) -> Callable[[Scene], object]:
    return lambda scene: _proved(scene, files, limits)


def _tightens(scene: Scene) -> object:
    """A version of the form of a tightening, shown to the real prover: its hold lets through what was refused."""
    layers = LAYERS["law/law.cedar"]
    held = _annotated(layers, "law-surveil", '@hold("duty-officer, 1")')
    before, after = scene.draft(), scene.draft(files={"law/law.cedar": held})
    return check_subset(before, after, limits=ORDINARY)


def _glazes(scene: Scene) -> object:
    """A version that adds nothing but a way to break the glass."""
    held = _annotated(LAYERS["law/law.cedar"], "law-surveil", _HOLD)
    before = scene.draft(files={"law/law.cedar": held})
    after = scene.draft(files={"law/law.cedar": _annotated(held, "law-surveil", _BREAK)})
    return check_subset(before, after, limits=ORDINARY)


def _widens(scene: Scene) -> object:
    return check_subset(scene.first, scene.draft(files=WIDER), limits=ORDINARY)


_HOLD, _BREAK = '@hold("duty-officer, 2")', '@break_glass("watch-commander, 2")'
_GLASS = "break-glass"
_CERTIFICATE, _TRIGGER = "a certificate of something else", "a red line with a misspelt trigger"
PROOFS = (
    Attack(_CERTIFICATE, "an unrelated unsatisfiable formula", "policy/certificate-formula", _unrelated),
    Attack(_CERTIFICATE, "of other policies", "policy/foreign-certificate", _of_others),
    Attack(_CERTIFICATE, "of other policies, under this name", "policy/certificate-formula", _renamed),
    Attack("a proof of an empty agreement", "nothing is ever permitted", "policy/empty-agreement", _with(NOTHING)),
    Attack(
        _TRIGGER,
        "a mission that nobody registered",
        "policy/unlisted-word",
        _with(_red_line('context.fact.mission == "reportting"')),
    ),
    Attack(
        _TRIGGER,
        "an app that is almost a listed word",
        "policy/misspelt-trigger",
        _with(_red_line(f'{KINETIC} && context.fact.app == "reportting"')),
    ),
    Attack(_TRIGGER, "that nothing meets", "policy/vacuous-red-line", _with(_red_line(f"{N} < {M} && {M} < {N}"))),
    Attack("made to exhaust", "a solver", "policy/not-proved", _with(_red_line(HARD), SHORT)),
    Attack("a hole", "one that a permit crosses", "policy/red-line-crossed", _with(_red_line(f"{N} > 5"))),
    Attack("a hole", "one that can fail", "policy/red-line-errors", _with(_red_line(f"{KINETIC} && {N} * {N} > 5"))),
    Attack(_GLASS, "on an absolute rule", "policy/red-line-crossed", _with(_around("", f"{_HOLD}\n{_BREAK}"))),
    Attack(
        _GLASS, "where a sign-off is asked for", "policy/red-line-crossed", _with(_around(_HOLD, f"{_HOLD}\n{_BREAK}"))
    ),
    Attack(
        _GLASS,
        "by fewer than the line has",
        "policy/red-line-crossed",
        _with(_around(f"{_HOLD}\n{_BREAK}", f"{_HOLD}\n{_BREAK.replace('2', '1')}")),
    ),
    Attack("tightening", "that lets somebody break the glass", "policy/tightening-widens", _glazes),
    Attack("tightening", "that holds what was refused", "policy/tightening-widens", _tightens),
    Attack("tightening", "that permits what was refused", "policy/tightening-widens", _widens),
)


def sound(scene: Scene) -> object:
    """An agreement that is proved, and whose certificate verifies: what the attacks fall short of."""
    draft = scene.draft(certified=False, files=_red_line(KINETIC))
    return _verified(draft, prove(draft, limits=ORDINARY, progress=_silent))

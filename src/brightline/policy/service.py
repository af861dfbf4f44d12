"""The agreement in force: what a name stands for, what a tool does, and whether a use may go on."""

from collections.abc import Mapping
from pathlib import Path

from brightline.domain.agreement import AgreementRef, Deployment, Resolution
from brightline.domain.authority import AuthorityKind
from brightline.domain.call import Dialect
from brightline.domain.decision import Decision
from brightline.domain.description import Bands
from brightline.domain.metering import MeterRule
from brightline.domain.use import UNKNOWN_EFFECT, ToolEffect, Use
from brightline.policy.draft import Draft, examine, read_draft
from brightline.policy.engine import Engine
from brightline.policy.entities import store_of
from brightline.policy.errors import AgreementFaultsError, PolicyError
from brightline.policy.faults import Fault
from brightline.policy.meter_limits import MeterLimit, limits_of
from brightline.policy.oracle import Oracle
from brightline.policy.request import Requests, closed_entities, entities_of
from brightline.policy.samples import sample_uses
from brightline.policy.shadow import Count, Divergence, Shadow, Watch
from brightline.policy.verdict import NO_SIGN_OFFS, Verdicts, refusal


class Agreement:
    """One agreement in one enclave, loaded, checked and compiled; made by `load_agreement`.

    With a `shadow`, a share of the uses is decided by the reference engine as well.
    """

    def __init__(self, draft: Draft, enclave: str, *, shadow: Shadow | None = None) -> None:
        manifest = draft.manifest
        self._ref = AgreementRef(manifest.id, manifest.version, draft.digest, enclave)
        self._all = manifest.deployments
        self._authorised = {name: self._all[name] for name in sorted(manifest.enclaves[enclave])}
        self._aliases = manifest.aliases
        self._effects = draft.effects
        self._null_audiences = draft.null_audiences
        self._meters = manifest.meters
        self._authority_kinds = manifest.authorities
        self._describer = manifest.describer
        self._bands = manifest.bands
        self._units = tuple(sorted((name, unit) for name, units in manifest.units.items() for unit in units))
        self._entities = [*closed_entities(), *entities_of(manifest)]
        store = store_of(self._entities)
        self._requests = Requests(store, manifest, enclave)
        self._engine = Engine(draft.program.bind(store.handle))
        self._verdicts = Verdicts(draft.rules)
        oracle = Oracle(draft.rules, self._entities, draft.schema)
        self._confirm(draft, oracle)
        self._rules = draft.rules
        self._watch = Watch(shadow, oracle) if shadow else None

    @property
    def ref(self) -> AgreementRef:
        """Which agreement this is."""
        return self._ref

    @property
    def deployments(self) -> tuple[Deployment, ...]:
        """The deployments authorised in this enclave, in order of id."""
        return tuple(self._authorised.values())

    def resolve(self, asked: str, dialect: Dialect) -> Resolution:
        """The deployments behind `asked` that speak `dialect`; raises `PolicyError`."""
        ids = self._aliases.get(asked)
        if ids is None:
            raise PolicyError("policy/unknown-model", asked=asked, agreement=self._ref.id)
        if not ids:
            raise PolicyError("policy/alias-without-deployment", asked=asked)
        named = [self._all[name] for name in ids]
        speaking = tuple([deployment for deployment in named if dialect in deployment.dialects])
        if not speaking:
            spoken = ", ".join(sorted({word.value for deployment in named for word in deployment.dialects})) or "none"
            raise PolicyError("policy/no-translation", asked=asked, dialect=dialect.value, spoken=spoken)
        return Resolution(asked, speaking)

    def effect_of(self, tool: str) -> ToolEffect:
        """What is registered for `tool`; `unknown` throughout without an entry."""
        return self._effects.get(tool) or ToolEffect(tool, UNKNOWN_EFFECT)

    @property
    def meters(self) -> tuple[MeterRule, ...]:
        """The meters that policies read, in the manifest's order."""
        return self._meters

    @property
    def meter_limits(self) -> tuple[MeterLimit, ...]:
        """What meters may tell before a prohibition holds, as far as policies say it in numbers."""
        return limits_of(self._rules)

    @property
    def authority_kinds(self) -> tuple[AuthorityKind, ...]:
        """The kinds of individual authority that take persons out of meters."""
        return self._authority_kinds

    @property
    def describer(self) -> str:
        """The digest of what describes the texts of uses, in hexadecimal; empty where nothing does."""
        return self._describer

    def bands(self, app: str) -> Bands | None:
        """The thresholds for the words of uses of `app`; none where it is uncalibrated."""
        return self._bands.get(app)

    @property
    def units(self) -> tuple[tuple[str, str], ...]:
        """Each organisation with each of its units, sorted."""
        return self._units

    @property
    def null_audiences(self) -> tuple[str, ...]:
        """The effector ids that no machine has, in order of id."""
        return self._null_audiences

    def aliases(self, dialect: Dialect) -> tuple[str, ...]:
        """The names behind which a deployment is authorised here and speaks `dialect`, sorted."""
        speaking = {name for name, deployment in self._authorised.items() if dialect in deployment.dialects}
        return tuple(sorted(alias for alias, ids in self._aliases.items() if speaking.intersection(ids)))

    def decide(
        self,
        use: Use,
        sign_offs: Mapping[str, int] = NO_SIGN_OFFS,
        break_glass: Mapping[str, int] = NO_SIGN_OFFS,
    ) -> Decision:
        """The decision about `use`, when `sign_offs` distinct persons of each role have signed for it.

        `break_glass` says how many of each role have broken the glass; it lifts what names such a way, and no more.
        Raises `PolicyError` (`policy/unusable-fact`) when it cannot be decided.
        """
        # The agreement's own record of the deployment decides, whatever the use says about vendor and model.
        deployment = self._authorised.get(use.deployment.id)
        # Nearly always it is the very same value, which costs nothing to see.
        if deployment is None or (deployment is not use.deployment and deployment != use.deployment):
            return refusal("policy/deployment-not-authorised")
        request = self._requests.request(use, deployment)
        if request is None:
            return refusal("policy/absent-entity")
        evaluation = self._engine.evaluate(request.principal, request.action, request.resource, request.context)
        if self._watch is not None and (found := self._watch.difference(request, evaluation)):
            return self._disagreement(self._watch, use, *found)
        return self._verdicts.decision(evaluation, sign_offs, break_glass)

    @property
    def shadowed(self) -> Count:
        """How many live decisions the reference engine made as well, and how many of them differed."""
        return self._watch.count if self._watch else Count(0, 0)

    def _disagreement(self, watch: Watch, use: Use, code: str, positions: tuple[int, ...]) -> Decision:
        """The refusal of a use that the engines decide differently, once the alarm was told."""
        reasons = [self._rules[index].reason for index in positions]
        watch.alarm(Divergence(self._ref, use.use_id, code, tuple([reason.policy_id for reason in reasons])))
        return refusal(code, reasons)

    def _confirm(self, draft: Draft, oracle: Oracle) -> None:
        """Decide sample requests with both engines.

        Raises `PolicyError` (`policy/engine-disagrees`, or `policy/no-decision` when the reference engine gives none).
        """
        uses = sample_uses(draft.manifest, draft.rules, draft.digest)
        requests = [request for use in uses if (request := self._requests.request(use, use.deployment))]
        ours = [self._engine.evaluate(one.principal, one.action, one.resource, one.context) for one in requests]
        for found in oracle.differences(requests, ours):
            if not found.decided:
                raise PolicyError("policy/no-decision")
            raise PolicyError("policy/engine-disagrees", sample=found.request)


def load_agreement(directory: Path, enclave: str, *, shadow: Shadow | None = None) -> Agreement:
    """The agreement in `directory`, for `enclave`; raises `AgreementFaultsError` with all faults, or `PolicyError`.

    Whoever serves gives a `shadow`, so that a share of the uses is decided by the reference engine as well.
    """
    draft, faults = read_draft(directory)
    if draft is None:
        raise AgreementFaultsError(faults)
    return agreement_of(draft, enclave, shadow=shadow)


def agreement_of(draft: Draft, enclave: str, *, shadow: Shadow | None = None) -> Agreement:
    """The agreement of `draft`, for `enclave`; raises `PolicyError` when it does not name that one, or cannot serve."""
    known: Mapping[str, object] = draft.manifest.enclaves
    if enclave not in known:
        raise PolicyError("policy/unknown-enclave", enclave=enclave, known=", ".join(sorted(known)) or "none")
    return Agreement(draft, enclave, shadow=shadow)


def check(directory: Path) -> tuple[Fault, ...]:
    """Every fault of the agreement in `directory`, in order of file and place; empty when it can be signed."""
    return examine(directory).faults

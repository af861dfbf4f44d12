import pytest

from brightline.domain.decision import Effect
from brightline.policy.draft import own_schema
from brightline.policy.errors import PolicyError
from brightline.policy.oracle import Difference, Oracle
from brightline.policy.proof.encode import Chart, Problem, environments
from brightline.policy.proof.judgement import judgement
from brightline.policy.proof.replay import replay
from brightline.policy.proof.schema_model import read_schema
from brightline.policy.proof.solver import Limits, Sat, SolverPool, solve
from brightline.policy.proof.witness import ProofRequest
from tests.unit.policy.proof.conftest import Drafts


@pytest.fixture
def found(draft: Drafts, pool: SolverPool) -> ProofRequest:
    model = read_schema(own_schema())
    for environment in environments(model):
        about = Problem(model, environment, chart=Chart.OPEN)
        answer = solve(about, judgement(about, draft().rules).permit, limits=Limits(20), pool=pool)
        if isinstance(answer, Sat):
            return answer.request
    raise AssertionError(answer)


def test_both_engines_decide_what_the_solver_claimed(found: ProofRequest, draft: Drafts) -> None:
    assert replay(found, draft().rules, schema=own_schema()).effect is Effect.PERMIT


def test_a_request_that_cedarpy_cannot_take_is_refused(found: ProofRequest, draft: Drafts) -> None:
    with pytest.raises(PolicyError, match="differ") as caught:
        replay(found._replace(context={}), draft().rules, schema=own_schema())
    assert caught.value.code == "policy/replay-differs"
    stranger = {"uid": {"type": "Stranger", "id": "x"}, "attrs": {"a": {"__extn": {"fn": "ip", "arg": "::1"}}}}
    broken = found._replace(entities=[*found.entities, {**stranger, "parents": [], "tags": 3}])
    with pytest.raises(PolicyError, match="cannot read"):
        replay(broken, draft().rules, schema=own_schema())


def test_a_difference_names_the_policies(found: ProofRequest, draft: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Oracle, "differences", lambda *_: iter([Difference(0, True, (0,))]))
    with pytest.raises(PolicyError, match=draft().rules[0].reason.policy_id):
        replay(found, draft().rules, schema=own_schema())

from pathlib import Path

from brightline.cli.settings_file import Places, needs_weights, settings_text
from brightline.domain.agreement import Deployment
from brightline.domain.call import Dialect
from brightline.gateway.settings import parse_settings

LOCAL = Deployment("small", "v", "smollm2", frozenset({Dialect.OPENAI_CHAT}))
REMOTE = Deployment('odd "name" é', "v", "big", frozenset({Dialect.OPENAI_CHAT}))


def settings(places: Places):
    text = settings_text(operator='op "é"', enclave="demo", deployments=[LOCAL, REMOTE], places=places)
    return parse_settings(text.encode(), path="x")


def test_what_is_written_is_what_the_gateway_reads() -> None:
    found = settings(Places(weights=Path("/cache/w.gguf"), port=8099))
    assert found.gateway.port == 8099
    assert found.ledger.operator == 'op "é"'
    local, remote = found.deployment
    assert (local.provider, local.weights) == ("local", "/cache/w.gguf")
    assert remote.id == REMOTE.id
    assert remote.secret is not None


def test_a_simulator_stands_in_for_every_deployment() -> None:
    found = settings(Places(weights=Path("/w"), simulator="http://127.0.0.1:9"))
    assert {deployment.base_url for deployment in found.deployment} == {"http://127.0.0.1:9"}
    assert {deployment.auth for deployment in found.deployment} == {"none"}


def test_only_the_local_model_needs_weights() -> None:
    assert needs_weights([REMOTE, LOCAL])
    assert not needs_weights([REMOTE])

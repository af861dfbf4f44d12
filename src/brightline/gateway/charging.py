"""What a call costs in tokens and in money: at most before it leaves, and what its answer says afterwards."""

from collections.abc import Iterable

from brightline.domain.agreement import Deployment
from brightline.domain.call import Call, Operation
from brightline.domain.metering import NOTHING, Measure, MeterRule, Tally
from brightline.wire import Spent, spent_in

_CHARGED = frozenset({Measure.TOKENS, Measure.MONEY})
_FREE = Spent(0, 0)


def charge(call: Call, deployment: Deployment, rules: Iterable[MeterRule]) -> Tally:
    """What `call` may take at most, where a meter counts that.

    No tokeniser makes more tokens than there are bytes, and what it adds around a message is less than JSON does. An
    answer takes its limit, or where the call sets none what the meters say that such a call stands for.
    """
    unlimited = [rule.unlimited for rule in rules if rule.measure in _CHARGED]
    if not unlimited or call.operation is not Operation.GENERATE:
        return NOTHING
    limit = max(unlimited) if call.max_output_tokens is None else call.max_output_tokens
    return _tally(Spent(len(call.body), limit * call.answers), deployment)


def correction(charged: Tally, answer: bytes, deployment: Deployment, *, time_ms: int, refused: bool) -> Tally:
    """What turns `charged`, of an entry of `time_ms`, into what the call took; nothing where nobody says what it took.

    A call that the provider refused took nothing.
    """
    spent = _FREE if refused else spent_in(answer)
    if spent is None or charged.empty:
        return NOTHING
    took = _tally(spent, deployment)
    return Tally(tokens=took.tokens - charged.tokens, money=took.money - charged.money, corrects_ms=time_ms)


def _tally(spent: Spent, deployment: Deployment) -> Tally:
    price = deployment.price
    return Tally(tokens=sum(spent), money=0 if price is None else price.of(*spent))

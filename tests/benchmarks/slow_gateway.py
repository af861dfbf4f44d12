"""The gateway with every decision made a hundred times: a benchmark of its speed must notice."""

import sys

from brightline.cli import main
from brightline.domain.decision import Decision
from brightline.domain.use import Use
from brightline.policy import Agreement
from tests.benchmarks.gateway_under_test import HANDICAP

_decide = Agreement.decide


def _slowly(self: Agreement, use: Use) -> Decision:
    for _ in range(HANDICAP):
        decision = _decide(self, use)
    return decision


Agreement.decide = _slowly  # type: ignore[method-assign]

if __name__ == "__main__":
    sys.exit(main())

"""Proves what an agreement permits: policies become formulas, two solvers decide them, every example is replayed.

Face: `encode.Problem` (formulas about one kind of request), `judgement.judgement` (our decision as formulas),
`solver.solve` (an answer with a request that was tried, or that there is none), `replay.replay`.
INVARIANT: what a solver does not say in time is unknown, and unknown is never proved; no request leaves this package
that our own evaluation of the formula does not confirm. The solvers are imported by their child process alone.
"""

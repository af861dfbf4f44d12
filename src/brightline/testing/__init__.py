"""Outside parties in memory or on the loopback, for tests and for the demo without a model.

Nothing here can be mistaken for the real thing: a simulated provider says so in its server header and in every id.
INVARIANT: no other room imports this one.
"""

"""The pages people see: the approval inbox.

INVARIANT: it calls the gateway's journeys only, and never decides anything itself.
"""

"""The objects with which a person signs one exact action: what they hold, how they are written, read and shown.

An `ActionBinding` says what would be done; a `Statement` is one person's word on it; a `Release` is both with the proof
that the hold stands in the log; an `ExecutionReceipt` says what became of it. `RoleAssertion`, `RevocationList` and
`TrustBundle` say who may sign and whom an effector trusts. Nothing here verifies a signature: that is `crypto`.

INVARIANT: one value has one encoding (`canonical`), and what is not that encoding is refused when it is read.
INVARIANT: two bindings that differ are rendered differently (`rendering`).
"""

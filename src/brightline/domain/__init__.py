"""Frozen values that the rooms exchange, the glossary's words, and the root of all errors.

Nothing here reads a clock, a file, the network or the environment.
INVARIANT: imports nothing of Brightline outside this room, and of other libraries only `orjson` and `rfc8785`, which
read and write the objects of a sign-off.
"""

"""Hashes, signatures, seals and tags: the only room that imports `cryptography`.

Bytes come in and values go out; a check returns what it verified or raises, and never answers with a boolean.
The formats are the public C2SP set, so that other people's tools read what this room writes.
Its face is its modules: `merkle`, `note`, `checkpoint`, `seal`, `tags`, `secrets`, `randomness`, `keyfiles`,
`party_keys`, `signatures`, `assertion`, `dsse`, `errors`.

INVARIANT: randomness comes in as an argument, and no key, salt or secret stands in a `repr`, a message or a log.
INVARIANT: one encoding per value: what parses, encodes back to the same bytes.
"""

"""Brightline: the gateway every AI call goes through, and the record everybody can check."""

__version__ = "0.1.0"

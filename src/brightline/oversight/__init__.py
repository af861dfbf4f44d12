"""Holds a use for people, checks what they sign, and lets a machine act on exactly that.

INVARIANT: importing this package loads nothing: whoever makes a machine that acts reads `effector` alone.
"""

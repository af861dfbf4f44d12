"""The machine at the other end: the real effector check with a real store, over a payload that is counted."""

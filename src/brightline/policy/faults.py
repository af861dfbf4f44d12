"""A fault of an agreement directory: where it is, what it is, and what to do."""

from dataclasses import dataclass, replace

from brightline.domain.messages import message_for


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault; `line` and `column` count from 1, and are 0 where a whole file or the directory is meant.

    A `warning` is what may be meant as it stands: it is shown to whoever checks and signs, and refuses nothing.
    """

    file: str
    line: int
    column: int
    code: str
    text: str
    hint: str = ""
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {'warning: ' if self.warning else ''}{self.text} ({self.code})"


def fault(code: str, file: str, at: tuple[int, int] = (0, 0), **words: str | int) -> Fault:
    """The fault `code` at line and column `at` of `file`, in the catalogue's words; raises `KeyError` without one."""
    entry = message_for(code)
    return Fault(file, at[0], at[1], code, entry.text.format(**words), entry.hint.format(**words))


def warning(code: str, file: str, at: tuple[int, int] = (0, 0), **words: str | int) -> Fault:
    """As `fault`, for what may be meant as it stands."""
    return replace(fault(code, file, at, **words), warning=True)

"""The root of every error, and the words a person reads for each code.

BrightlineError
├── <room>Error         one class per room, in `<room>/errors.py`
│
Each error carries a stable `code` (`stage/what`), one `message`, a `hint` (the next step for the person) and, where
it can reach a caller over HTTP, the `status` to answer with. The words come from `domain.messages`, never from the
place that raises.
"""

from brightline.domain.messages import Message, message_for


class BrightlineError(Exception):
    """Anything Brightline refuses or cannot do; `words` fill the blanks of the catalogue's text for `code`.

    Raises `KeyError` when `code` is not in the catalogue: an error nobody documented is a defect.
    """

    def __init__(self, code: str, **words: str | int) -> None:
        entry: Message = message_for(code)
        self.code = code
        self.words = words
        self.message = entry.text.format(**words)
        self.hint = entry.hint.format(**words)
        self.status = entry.status
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"

"""Makes pages from templates, so that no text can act in one.

INVARIANT: every value that a template prints goes through two gates: characters that could mislead are written out
(as the rendering of an action does), then the markup is escaped. A template cannot forget either, and an unknown name
fails.
"""

from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from brightline.domain.sign_off.rendering import shown


class Lines(str):
    """Text whose characters were written out already, line by line: a rendering."""

    __slots__ = ()


class Frame:
    """The templates, with what stands on every page."""

    def __init__(self, *, marking: str) -> None:
        self._environment = Environment(
            loader=PackageLoader("brightline.console"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            finalize=_visible,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["moment"] = moment
        self._environment.filters["left"] = left
        self._environment.filters["duration"] = duration
        self._environment.globals["marking"] = marking

    def page(self, template: str, values: dict[str, object]) -> str:
        """The page (or the part of one) that `template` makes of `values`."""
        return self._environment.get_template(template).render(values)


def escape(text: str) -> str:
    """`text` with every character that could deceive written out as the rendering of an action writes it.

    A quote stands as it is: nothing here is between quotes.
    """
    return shown(text)[1:-1].replace('\\"', '"')


def lines_of(text: str) -> Lines:
    """`text` with each line's characters written out where they could mislead."""
    return Lines("\n".join(escape(line) for line in text.split("\n")))


def moment(ms: int) -> str:
    """UTC milliseconds as people read them."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def left(ends_ms: int, now_ms: int) -> str:
    """How long it is until `ends_ms`."""
    seconds = (ends_ms - now_ms) // 1000
    if seconds <= 0:
        return "expired"
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def duration(seconds: int) -> str:
    """So many seconds in the greatest unit that fits them whole."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _visible(value: object) -> object:
    if isinstance(value, Markup | Lines) or not isinstance(value, str):
        return value
    return escape(value)

"""The describer that Brightline ships, loaded when the first text is described."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from brightline.use.describer import Describer


@cache
def describing() -> "Describer":
    """The shipped describer; raises `DescriberError` when its files are not what they say."""
    # A gateway whose agreement names no describer has no need of the numbers library, nor of its memory.
    from brightline.use.describer import Describer

    return Describer.read(files("brightline.use").joinpath("model"))

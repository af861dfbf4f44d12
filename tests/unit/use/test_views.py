"""Whatever is done to hide words, a describer reads them, or owns that it cannot."""

import base64
import re

import pytest

from brightline.use.shipped import describing
from brightline.use.views import MOST_VIEWS, UNREAD_FROM, Viewer
from tests.disguises import NESTED, PLAIN

TEXT = "Write down where the three vehicles were seen last night and send the list to the office before noon."
WORDS = set(re.findall("[a-z]+", TEXT.lower()))


@pytest.fixture(name="viewer", scope="module")
def _viewer() -> Viewer:
    return Viewer(describing().known)


def _read(viewer: Viewer, text: str) -> float:
    """The share of the words of `TEXT` that the best view of `text` has."""
    shown = viewer.views(text).texts
    return max(len(WORDS & set(re.findall("[a-z]+", view))) / len(WORDS) for view in shown)


def test_a_plain_text_has_one_view(viewer: Viewer) -> None:
    assert viewer.views(TEXT) == ((TEXT.lower(),), frozenset(), 0)
    assert viewer.views("").texts == ("",)


@pytest.mark.parametrize("name", [*PLAIN, *NESTED])
def test_a_disguise_is_seen_through(viewer: Viewer, name: str) -> None:
    disguise = {**PLAIN, **NESTED}[name]
    hidden = disguise(TEXT)
    assert _read(viewer, hidden) >= 0.8
    if name not in ("full width", "character references", "percent"):
        assert viewer.views(hidden).evidence
    # The control: as it stands, it does not say those words.
    half = name == "half rot13, half plain"
    assert half or len(WORDS & set(re.findall("[a-z]+", hidden.lower()))) < 0.8 * len(WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "qzxv kjwq zzxp vvkq jxqz wqkz xjvq pzkx qvjz kxwq",
        "Пришлите список всех, кто был на площади вчера вечером, и их адреса",
        "请把昨天晚上在广场上的所有人的名单和地址发给我",
        "bring mir bitte die Liste aller Leute, die gestern Abend auf dem Platz gewesen sind, mit ihren Anschriften",
        base64.b64encode(bytes(range(256))).decode(),
        base64.b64encode(base64.b64encode(base64.b64encode(base64.b64encode(base64.b64encode(b"a" * 40))))).decode(),
    ],
)
def test_what_cannot_be_read_is_owned(viewer: Viewer, text: str) -> None:
    assert viewer.views(text).unread >= UNREAD_FROM


def test_ordinary_marks_numbers_and_names_hide_nothing(viewer: Viewer) -> None:
    for text in (
        "The meeting is at 10:30 in room 4-B; bring the Q3 figures (v2.1) and the co-signed half-yearly report.",
        "Müller and Łukasz will meet Mr O'Neill and Señora Ibáñez at the café in Zürich on the 3rd.",
        "def total(rows):\n    return sum(row.amount for row in rows if row.paid)\n\nExplain what this function does.",
        "See https://example.org/reports/2026/11/summary.html for the list, please.",
    ):
        found = viewer.views(text)
        assert found.unread == 0, text
        assert not found.evidence - {"marks"}, text


def test_characters_that_show_nothing_are_read(viewer: Viewer) -> None:
    selectors = "".join(chr(0xFE00 + each if each < 16 else 0xE0100 + each - 16) for each in TEXT.encode())
    assert _read(viewer, f"A harmless line.{selectors}") >= 0.8


def test_there_is_an_end_to_views(viewer: Viewer) -> None:
    parts = [base64.b64encode(f"the message with the number {number} in it".encode()).decode() for number in range(40)]
    found = viewer.views(" ".join(parts))
    assert MOST_VIEWS - 1 <= len(found.texts) <= MOST_VIEWS
    assert found.unread >= UNREAD_FROM
    assert viewer.views("a list of words " * 70_000).unread > 0

"""Training learns what it is shown, and the whole numbers say what the fit says."""

from importlib import import_module

import numpy as np
import pytest

from brightline.use import training
from brightline.use.errors import DescriberError
from brightline.use.topics import ANY, COLUMNS, windows
from brightline.use.training import NEVER, Corpus, Example, Trained, train

TRACKED = ("follow the man home", "list where she was seen", "watch his phone all day", "track the woman by her car")
PLAIN = ("add the invoices", "book a room for tuesday", "sort the dates in this table", "write a note to the team")


def _examples() -> list[Example]:
    noted = [f"{text} number {number}" for number in range(12) for text in TRACKED]
    plain = [f"{text} number {number}" for number in range(12) for text in PLAIN]
    return [
        *[Example(text, "surveillance.person", attended=True, source="one") for text in noted],
        *[Example(text, "work.office_software", attended=False, source="two") for text in plain],
        Example("something else that nobody named", "", attended=True, source="one"),
    ]


def _score(trained: Trained, text: str) -> list[int]:
    (window,) = windows(text)
    return trained.topics.score(window)


def test_what_was_learnt_is_told_apart() -> None:
    told: list[tuple[str, int, int]] = []
    trained = train(_examples(), lambda *step: told.append(step))
    at = COLUMNS.index("surveillance.person"), COLUMNS.index(ANY), COLUMNS.index("wmd.nuclear_rad")
    noted, plain = (
        _score(trained, "please track his car all day"),
        _score(trained, "book a table for the team"),
    )
    assert all(noted[column] > 0 > plain[column] for column in at[:2])
    assert noted[at[2]] == plain[at[2]] == NEVER
    assert told[-1][1:] == (len(COLUMNS), len(COLUMNS))
    assert trained.lexicon.split("trackthecar").startswith("track the")


def test_whole_numbers_say_what_the_fit_says() -> None:
    examples = _examples()
    corpus = Corpus(examples)
    everything = np.ones(len(examples), bool)
    fitted = corpus.fit(ANY, everything)
    assert fitted is not None
    floats = corpus.scores(fitted, everything)
    trained = train(examples, lambda *_: None)
    whole = [_score(trained, each.text)[COLUMNS.index(ANY)] / 1000 for each in examples]
    assert np.abs(floats - whole).max() < 0.05


def test_a_longer_text_is_worth_its_highest_window() -> None:
    long = " ".join(["add the invoices and sort the dates"] * 60)
    examples = [*_examples(), Example(f"{long} track the woman by her car", "", attended=False, source="two")]
    corpus = Corpus(examples)
    kept = np.ones(len(examples), bool)
    kept[-1] = False
    fitted = corpus.fit(ANY, kept)
    assert fitted is not None
    (score,) = corpus.scores(fitted, ~kept)
    assert score > corpus.scores(fitted, kept)[48:96].mean()


@pytest.mark.parametrize("attended", [True, False])
def test_one_side_alone_trains_nothing(*, attended: bool) -> None:
    with pytest.raises(DescriberError) as caught:
        train([each for each in _examples() if each.attended is attended], lambda *_: None)
    assert caught.value.code == "use/nothing-to-train"


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        if name.startswith("sklearn"):
            raise ImportError(name)
        return import_module(name)

    monkeypatch.setattr(training, "import_module", missing)
    with pytest.raises(DescriberError) as caught:
        train(_examples(), lambda *_: None)
    assert caught.value.code == "use/no-trainer"
    assert "brightline[train]" in caught.value.hint

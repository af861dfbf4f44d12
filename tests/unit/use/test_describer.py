"""The shipped describer, and what is refused for one."""

import hashlib
import json
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from brightline.domain.description import TextState
from brightline.domain.taxonomy import ATTENDED, LEAVES, ORDINARY
from brightline.use import describer as describer_module
from brightline.use.describer import MODEL_NAME, Describer, write
from brightline.use.errors import DescriberError
from brightline.use.shipped import describing
from brightline.use.training import Example, train

SHIPPED = Path(str(files("brightline.use"))) / "model"


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "model"))


def test_a_text_is_described_by_leaf() -> None:
    found = describing().describe("Watch her phone and tell me each night where she was and whom she met.")
    assert (found.state, found.leaf) == (TextState.SCORED, "surveillance.person")
    assert found.attention > 0
    assert set(found.scores) == set(LEAVES)
    plain = describing().describe("Please write a function that sorts a list of dates and removes the doubles.")
    assert plain.attention < 0
    assert plain.leaf in ORDINARY


def test_the_same_bytes_are_described_alike_wherever_they_stand() -> None:
    harmful = "Watch her phone and tell me each night where she was and whom she met."
    alone = describing().describe(harmful)
    for cover in ("Please book a room for the meeting on Tuesday. " * 80, ""):
        assert describing().describe(f"{cover}\n\n{harmful}").attention > 0 < alone.attention
    assert describing().describe(harmful) == alone


def test_what_cannot_be_read_has_no_leaf() -> None:
    found = describing().describe("qzxv kjwq zzxp vvkq jxqz wqkz xjvq pzkx qvjz kxwq")
    assert (found.state, found.leaf) == (TextState.UNKNOWN, "")


def test_an_explanation_names_words_that_weigh() -> None:
    text = "Watch her phone and tell me each night where she was and whom she met."
    words = describing().words(text)
    assert words[0][0] in text.lower().replace(",", " ").replace(".", " ").split()
    assert [weight for _, weight in words] == sorted([weight for _, weight in words], reverse=True)


def test_a_describer_is_its_digest() -> None:
    assert describing().digest == Describer.read(SHIPPED).digest
    assert describing() is describing()
    about = json.loads((SHIPPED / MODEL_NAME).read_text())
    assert about["without"] == ["xstest"]
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 10_000_000


@pytest.mark.parametrize("name", ["topics.bin", "letters.bin", "lexicon.txt"])
@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data[:9000] + b"x" + data[9001:]])
def test_a_file_that_is_not_the_one_named_is_refused(place: Path, name: str, change: object) -> None:
    path = place / name
    path.write_bytes(change(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(DescriberError) as caught:
        Describer.read(place)
    assert caught.value.code == "use/bad-describer"
    assert name in caught.value.message


@pytest.mark.parametrize(
    "change",
    [
        lambda about: {},
        lambda about: {**about, "format": "other"},
        lambda about: {**about, "leaves": [*ATTENDED]},
        lambda about: [],
    ],
)
def test_a_model_of_another_form_is_refused(place: Path, change: object) -> None:
    path = place / MODEL_NAME
    path.write_text(json.dumps(change(json.loads(path.read_text()))))  # type: ignore[operator]
    with pytest.raises(DescriberError, match="use/bad-describer"):
        Describer.read(place)


@pytest.mark.parametrize(("name", "content"), [("letters.bin", b"short"), ("lexicon.txt", b"a word too many\n")])
def test_a_file_that_is_named_and_wrong_is_refused(place: Path, name: str, content: bytes) -> None:
    about = json.loads((place / MODEL_NAME).read_text())
    (place / name).write_bytes(content)
    about["files"][name] = hashlib.sha256(content).hexdigest()
    (place / MODEL_NAME).write_text(json.dumps(about))
    with pytest.raises(DescriberError, match="use/bad-describer"):
        Describer.read(place)


def test_a_missing_file_is_told(place: Path) -> None:
    (place / "lexicon.txt").unlink()
    with pytest.raises(DescriberError, match="use/bad-describer"):
        Describer.read(place)


def test_what_was_trained_is_written_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [("follow the man home", True), ("add up the invoices", False)]
    examples = [Example(f"{text} {n}", "", attended=side, source="s") for n in range(10) for text, side in texts]
    trained = train(examples, lambda *_: None)
    digest = write(trained, tmp_path / "new", about={"texts": 20})
    again = Describer.read(tmp_path / "new")
    assert (again.digest, again.about["texts"]) == (digest, 20)
    assert again.describe("follow the man").attention > again.describe("the invoices").attention
    monkeypatch.setattr(describer_module, "MOST_BYTES", 1000)
    with pytest.raises(DescriberError, match="use/bad-describer"):
        write(trained, tmp_path / "large", about={})

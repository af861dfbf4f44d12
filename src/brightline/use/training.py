"""Trains the frozen parts of a describer: topic weights, the costs of letters, the lexicon.

Each column is a logistic regression of its own on windows of text. Every source weighs by the square root of its size,
so that a large source does not stand for a use. Needs the extra `train`; what comes out needs none.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from brightline.use import letters
from brightline.use.errors import DescriberError
from brightline.use.lexicon import Lexicon
from brightline.use.topics import ANY, BUCKETS, COLUMNS, Topics, windows

# Of a longer text the first windows are learnt from, and all are scored.
LEARNT_WINDOWS = 4
_MOST_WINDOWS = 16
_MOST_WORDS = 16_000
# What an error costs beside a weight of one, as the library counts it; chosen by leaving sources out.
_STRENGTH = 10.0
_CLIPPED = 99.95  # the percentile of weights that a byte still tells apart
_FEWEST = 8  # windows of a leaf from which it is learnt

Progress = Callable[[str, int, int], None]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Example(NamedTuple):
    """A text to train on: its `leaf`, or empty; whether it is `attended` to; where it is from; what it weighs there."""

    text: str
    leaf: str
    attended: bool
    source: str
    weight: float = 1.0


class Trained(NamedTuple):
    """What training gives."""

    topics: Topics
    letters: bytes
    lexicon: Lexicon


class Fitted(NamedTuple):
    """One column: its coefficients by bucket, its intercept, and the rarities that it was fitted with."""

    coefficients: Floats
    intercept: float
    rarity: Floats


def train(examples: Sequence[Example], progress: Progress) -> Trained:
    """Train on `examples`; raises `DescriberError` without the extra, or where a side has no text."""
    if len({each.attended for each in examples}) < 2:
        raise DescriberError("use/nothing-to-train", why="there must be texts of both sides")
    texts = [each.text for each in examples]
    corpus = Corpus(examples)
    everything = np.ones(len(examples), bool)
    fitted = []
    for at, column in enumerate(COLUMNS):
        progress(column, at, len(COLUMNS))
        fitted.append(corpus.fit(column, everything))
    progress("", len(COLUMNS), len(COLUMNS))
    lexicon = Lexicon.count(texts, most=_MOST_WORDS)
    return Trained(_quantised(fitted, corpus.rarity(everything)), letters.count(texts), lexicon)


class Corpus:
    """The windows of all examples as one sparse matrix."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._regression, self._sparse = _library()
        self.examples = examples
        found = [
            (number, rank, window.buckets)
            for number, example in enumerate(examples)
            for rank, window in enumerate(windows(example.text.lower())[:_MOST_WINDOWS])
        ]
        self._owner = np.array([number for number, _, _ in found])
        self._learnt = np.array([rank < LEARNT_WINDOWS for _, rank, _ in found])
        flat = np.concatenate([indices for _, _, indices in found])
        ends = np.cumsum([0, *[len(indices) for _, _, indices in found]])
        self._matrix = self._sparse.csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(found), BUCKETS))

    def rarity(self, kept: Mask) -> Floats:
        """How rare each bucket is in the windows that are learnt of the examples `kept`, in sixteenths of a nat."""
        rows = self._matrix[self._learnt & kept[self._owner]]
        met = np.asarray(rows.sum(axis=0)).ravel()
        found: Floats = np.clip(np.rint(16 * np.log((1 + rows.shape[0]) / (1 + met))), 1, 255)
        return found

    def fit(self, column: str, kept: Mask) -> Fitted | None:
        """Fit one column to the examples `kept`; none where too few of them have its leaf."""
        rows = np.flatnonzero(self._learnt & kept[self._owner])
        owners = [self.examples[number] for number in self._owner[rows]]
        if column != ANY:
            # What somebody attends to without saying for which leaf teaches none.
            chosen = [at for at, each in enumerate(owners) if each.leaf or not each.attended]
            rows, owners = rows[chosen], [owners[at] for at in chosen]
        target = np.array([each.attended if column == ANY else each.leaf == column for each in owners])
        if target.sum() < _FEWEST or target.all():
            return None
        rarity = self.rarity(kept)
        share = Counter(self._owner[rows].tolist())
        size = Counter((each.source, each.attended) for each in owners)
        weights = np.array(
            [
                each.weight / (share[number] * np.sqrt(size[each.source, each.attended]))
                for number, each in zip(self._owner[rows].tolist(), owners, strict=True)
            ]
        )
        model = self._regression(C=_STRENGTH, class_weight="balanced", max_iter=100, solver="liblinear", random_state=1)
        model.fit(self._scaled(rows, rarity), target, sample_weight=weights * len(weights) / weights.sum())
        return Fitted(model.coef_[0], float(model.intercept_[0]), rarity)

    def scores(self, fitted: Fitted, kept: Mask) -> Floats:
        """What each of the examples `kept` scores: its highest window, in logits."""
        rows = np.flatnonzero(kept[self._owner])
        each = self._scaled(rows, fitted.rarity) @ fitted.coefficients + fitted.intercept
        best = np.full(len(self.examples), -np.inf)
        np.maximum.at(best, self._owner[rows], each)
        found: Floats = best[kept]
        return found

    def _scaled(self, rows: NDArray[np.intp], rarity: Floats) -> Any:  # noqa: ANN401  # scipy has no types
        matrix = self._matrix[rows].multiply(rarity).tocsr()
        lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
        return self._sparse.diags(1 / np.maximum(lengths, 1)) @ matrix


def _quantised(fitted: Sequence[Fitted | None], rarity: Floats) -> Topics:
    """Whole numbers for what was fitted: the coefficient of a bucket takes its rarity in."""
    weights = np.zeros((BUCKETS, len(COLUMNS)), np.int8)
    scale, bias = [], []
    for at, each in enumerate(fitted):
        if each is None:
            scale.append(0)
            bias.append(NEVER)
            continue
        grown = each.coefficients * rarity
        step = max(float(np.percentile(np.abs(grown[grown != 0]), _CLIPPED)), 1e-9) / 127
        weights[:, at] = np.clip(np.rint(grown / step), -127, 127)
        scale.append(round(step * 1000 * 256))
        bias.append(round(each.intercept * 1000))
    return Topics(weights, rarity.astype(np.uint8), scale, bias)


NEVER = -10_000
"""What a leaf scores that nothing taught."""


def _library() -> tuple[Any, Any]:
    try:
        linear = import_module("sklearn.linear_model")
        return linear.LogisticRegression, import_module("scipy.sparse")
    except ImportError as error:
        raise DescriberError("use/no-trainer", why="scikit-learn is not installed") from error

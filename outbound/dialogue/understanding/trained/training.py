"""Trains the linear model of either brain: one function for shipped data and for any other, no setting by hand.

Chosen by cross-validation on questions to a bank (eight a label), short texts by the hundred a label, and Mandarin
utterances of calls. Words and pieces of words together are 8 points ahead of words alone where rows are few; there
softmax regression is 4 ahead of a linear support vector machine, and the label's own name as a row adds 3. Where rows
are more (from a dozen a label on), the machine is as good or 2 ahead, and both are averaged, which is best of all. The
sound of Mandarin adds 9 points where a recogniser wrote other characters, and costs nothing where it did not.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np

from outbound.dialogue.understanding.trained.calibration import HeldBack, settings_of
from outbound.dialogue.understanding.trained.linear import Floats, LinearModel, View
from outbound.dialogue.understanding.trained.words import is_chinese, pieces, word_grams

Advance = Callable[[str], None]

_FEW_ROWS = 12
_SOFTMAX_STRENGTH, _SVM_STRENGTH = 30.0, 1.0
_SOFTMAX_SHARE = 0.5
_ROUNDS = {True: 60, False: 18}
_SMALL = 5_000
_FOLDS, _FOLDS_OF_ANSWERS = 3, 5
_HELD_BACK, _LEARNED_MEANWHILE = 0.15, 0.75
_SAMPLE = 500
_MOST_LABELS = 400
_TWO = 2


def train(
    texts: Sequence[str], labels: Sequence[str], out_of_scope: str | None = None, advance: Advance = lambda _: None
) -> LinearModel:
    """Return a model trained on rows of text and label; ValueError with one label only, or without a single word.

    `out_of_scope` is the label of what has no meaning here. With rows of that label the model learns it; without, what
    is less sure than nearly all held-back rows counts as such. `advance` hears of each stage.
    """
    return _trained(texts, labels, out_of_scope, advance, unanswerable=False)


def train_answers(texts: Sequence[str], ids: Sequence[str], advance: Advance = lambda _: None) -> LinearModel:
    """Return a model that finds the answer to a question: `texts` are questions and answers, `ids` whose they are.

    How sure it must be is measured on questions that it had not seen, and on questions whose answer it did not have.
    Errors as in `train`.
    """
    return _trained(texts, ids, None, advance, unanswerable=True)


def _trained(
    texts: Sequence[str], labels: Sequence[str], out_of_scope: str | None, advance: Advance, *, unanswerable: bool
) -> LinearModel:
    names = tuple(sorted(set(labels)))
    if len(names) < _TWO:
        raise ValueError("two different labels at least are needed to tell anything apart")
    if not any(word_grams(each) for each in texts):
        raise ValueError("there is no word in any row")
    number = {name: at for at, name in enumerate(names)}
    gold = np.array([number[each] for each in labels])
    titled = _titles(names, texts, out_of_scope)
    advance("looking at words")
    views, seen = _views([*texts, *titled.values()])
    rows = _Rows(seen, gold, np.array([number[name] for name in titled], int), len(names), _are_few(labels))
    advance("weighing words")
    weights, bias = rows.weights(np.arange(len(gold)))
    advance("trying it on what was held back")
    settings = settings_of(names, rows.held_back(unanswerable=unanswerable), out_of_scope)
    return LinearModel(settings, views, weights, bias)


def _are_few(labels: Sequence[str]) -> bool:
    return float(np.median(list(Counter(labels).values()))) < _FEW_ROWS


def _titles(names: Sequence[str], texts: Sequence[str], out_of_scope: str | None) -> dict[str, str]:
    """Return what labels say of themselves (`card_arrival`), where they are in the language of the rows."""
    if any(is_chinese(each) for each in texts[:_SAMPLE]):
        return {}
    return {name: name.replace("_", " ").replace("-", " ") for name in names if name != out_of_scope}


def _views(rows: Sequence[str]) -> tuple[tuple[View, View], Any]:
    """Return both views, and the rows as the model sees them: each view of length 1, then both together."""
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    views: list[View] = []
    parts: list[Any] = []
    for analyzer in (word_grams, pieces):
        vectoriser = TfidfVectorizer(analyzer=analyzer, sublinear_tf=True, dtype=np.float32)
        start = sum(len(each.rows) for each in views)
        try:
            parts.append(vectoriser.fit_transform(rows))
        except ValueError:  # nothing of this view in any row
            views.append(View({}, np.zeros(0, np.float32)))
            continue
        grams = sorted(vectoriser.vocabulary_.items(), key=lambda item: int(item[1]))
        views.append(View({gram: int(at) + start for gram, at in grams}, vectoriser.idf_.astype(np.float32)))
    return (views[0], views[1]), normalize(sparse.hstack(parts).tocsr())


class _Rows:
    """Rows to learn from, titles of labels behind them, and how."""

    def __init__(self, seen: Any, gold: Any, titled: Any, count: int, few: bool) -> None:
        self._rows, self._titles = seen[: len(gold)], seen[len(gold) :]
        self._gold, self._titled, self._count, self._few = gold, titled, count, few

    def weights(self, kept: Any, titled: Any = None) -> tuple[Floats, Floats]:
        """Return weights (features x labels) and bias learned from these rows; two models are trained side by side."""
        from scipy import sparse

        titled = np.arange(len(self._titled)) if titled is None else titled
        seen = sparse.vstack([self._rows[kept], self._titles[titled]]).tocsr()
        gold = np.concatenate([self._gold[kept], self._titled[titled]])
        if self._count > _MOST_LABELS and self._few:
            return _centres(seen, gold, self._count)
        if self._few:
            return _fit(_softmax(few=True), seen, gold, self._count)
        with ThreadPoolExecutor(_TWO) as pool:
            softmax = pool.submit(_fit, _softmax(few=False), seen, gold, self._count)
            svm = pool.submit(_fit, _svm(), seen, gold, self._count)
            (weights, bias), (more, more_bias) = svm.result(), softmax.result()
        spread = float(np.std(seen[:_SAMPLE] @ more))
        share = np.float32(_SOFTMAX_SHARE * float(np.std(seen[:_SAMPLE] @ weights)) / spread if spread else 0.0)
        return weights + share * more, bias + share * more_bias

    def held_back(self, *, unanswerable: bool) -> HeldBack:
        """Return scores of rows by models without them: of all rows by folds, of a share where rows are many.

        With `unanswerable` labels are held back too, a fifth in each fold: their rows have no right answer then.
        """
        chance = np.random.default_rng(0)
        order = chance.permutation(len(self._gold))
        many = len(order) > _SMALL
        count = _FOLDS_OF_ANSWERS if unanswerable else _FOLDS
        folds = [order[: int(len(order) * _HELD_BACK)]] if many else np.array_split(order, count)
        rows = order[: int(len(order) * _LEARNED_MEANWHILE)] if many else order
        gone = chance.permutation(self._count) if unanswerable else np.zeros(0, int)
        without = np.array_split(gone, count)
        scores, golds = [np.zeros((0, self._count), np.float32)], [np.zeros(0, int)]
        for held, gone in zip(folds, without, strict=False):
            kept = np.setdiff1d(rows, held)
            kept = kept[~np.isin(self._gold[kept], gone)]
            titled = np.flatnonzero(~np.isin(self._titled, gone))
            if len({*self._gold[kept].tolist(), *self._titled[titled].tolist()}) < _TWO:
                continue
            weights, bias = self.weights(kept, titled)
            scores.append(self._rows[held] @ weights + bias)
            golds.append(np.where(np.isin(self._gold[held], gone), -1, self._gold[held]))
        return HeldBack(np.vstack(scores), np.concatenate(golds))


def _softmax(*, few: bool) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=_SOFTMAX_STRENGTH, solver="sag", max_iter=_ROUNDS[few], tol=1e-3, random_state=0)


def _svm() -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=_SVM_STRENGTH, tol=1e-3, random_state=0)


def _centres(seen: Any, gold: Any, count: int) -> tuple[Floats, Floats]:
    """Return the middle of each label's rows, of length 1: for very many labels with hardly a row each."""
    from scipy import sparse
    from sklearn.preprocessing import normalize

    whose = sparse.csr_matrix((np.ones(len(gold), np.float32), (gold, np.arange(len(gold)))), shape=(count, len(gold)))
    return np.ascontiguousarray(normalize(whose @ seen).toarray().T), np.zeros(count, np.float32)


def _fit(model: Any, seen: Any, gold: Any, count: int) -> tuple[Floats, Floats]:
    with _unfinished_is_fine():
        model.fit(seen, gold)
    weights, bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
    if len(weights) == 1:  # two labels: one line between them
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    if len(weights) < count:  # a label without rows is never found
        whole, most = np.zeros((count, weights.shape[1]), np.float32), np.full(count, bias.min() - 100, np.float32)
        whole[model.classes_], most[model.classes_] = weights, bias
        weights, bias = whole, most
    return np.ascontiguousarray(weights.T), bias


@contextmanager
def _unfinished_is_fine() -> Iterator[None]:
    """Let the softmax stop before the last digit (it changes nothing that is heard), and labels have one row."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", FutureWarning)
        yield

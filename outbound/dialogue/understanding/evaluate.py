"""How well the brains do on rows that they have not seen, trained on rows by the same functions as what is shipped."""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct

from outbound.dialogue.understanding.trained.training import Advance, train, train_answers

Rows = Sequence[tuple[str, str]]
_TOP = 3
_WARM = 20
_MILLISECONDS = 1000


class IntentFigures(Struct, frozen=True):
    """Shares from 0 to 1; None where it does not apply. `in_scope_accuracy`: of rows whose label is in scope."""

    accuracy: float
    in_scope_accuracy: float | None
    macro_f1: float
    out_of_scope_recall: float | None
    ms_per_utterance: float


class AnswerFigures(Struct, frozen=True):
    """Shares of questions whose answer came first, or among the first three; mean reciprocal rank; time a question."""

    top_1: float
    top_3: float
    mrr: float
    ms_per_question: float


def evaluate_intents(
    learned: Rows, asked: Rows, out_of_scope: str | None, clock: Callable[[], float], advance: Advance
) -> IntentFigures:
    """Train on `learned` (text, label) and return how `asked` are understood, one by one as in a call.

    `clock` counts seconds. ValueError as from `train`.
    """
    model = train([text for text, _ in learned], [label for _, label in learned], out_of_scope, advance)
    advance("asking one by one")
    for text, _ in asked[:_WARM]:
        model.predict(text)
    model.forget()
    began = clock()
    found = [model.predict(text) for text, _ in asked]
    spent = clock() - began
    right = np.array([given == label for given, (_, label) in zip(found, asked, strict=True)])
    outside = np.array([label == out_of_scope for _, label in asked])
    return IntentFigures(
        accuracy=float(right.mean()),
        in_scope_accuracy=float(right[~outside].mean()) if (~outside).any() else None,
        macro_f1=_macro_f1([label for _, label in asked], found),
        out_of_scope_recall=float(right[outside].mean()) if outside.any() else None,
        ms_per_utterance=spent / len(asked) * _MILLISECONDS,
    )


def evaluate_answers(answers: Rows, questions: Rows, clock: Callable[[], float], advance: Advance) -> AnswerFigures:
    """Train on `answers` (id, text) and return how often `questions` (question, id) find theirs. Errors as `train`."""
    model = train_answers([text for _, text in answers], [name for name, _ in answers], advance)
    advance("asking one by one")
    for text, _ in questions[:_WARM]:
        model.probabilities(text)
    model.forget()
    began = clock()
    found = [model.probabilities(text) for text, _ in questions]
    spent = clock() - began
    number = {label: at for at, label in enumerate(model.labels)}
    ranks = np.array(
        [
            int((likely > likely[number[wanted]]).sum()) + 1 if wanted in number else np.inf
            for likely, (_, wanted) in zip(found, questions, strict=True)
        ]
    )
    return AnswerFigures(
        top_1=float((ranks == 1).mean()),
        top_3=float((ranks <= _TOP).mean()),
        mrr=float((1 / ranks).mean()),
        ms_per_question=spent / len(questions) * _MILLISECONDS,
    )


def _macro_f1(gold: Sequence[str], found: Sequence[str]) -> float:
    from sklearn.metrics import f1_score

    return float(f1_score(gold, found, average="macro", zero_division=0))

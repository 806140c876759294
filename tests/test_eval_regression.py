"""Regressions against what can be told by hand, and against scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from eval.regression import Choice, conditional_logit, logistic

FIRST, SECOND, NONE = np.array([True, False]), np.array([False, True]), np.array([False, False])


def test_the_logit_finds_the_maximum_likelihood() -> None:
    # Three of four choices fall on the candidate with the feature: softmax(w, 0) = 3/4 at w = ln 3 = 1.0986.
    features = np.array([[1.0, 0.0], [0.0, 0.0]])
    choices = [Choice(features, FIRST)] * 3 + [Choice(features, SECOND), Choice(features, NONE)]
    assert conditional_logit(choices, ridge=0.0) == pytest.approx([np.log(3), 0], abs=1e-3)
    (held, _) = conditional_logit(choices, ridge=0.5)
    assert 0 < held < 1


def test_right_candidates_count_together() -> None:
    features = np.array([[1.0], [1.0], [0.0]])
    choices = [Choice(features, np.array([True, True, False]))] * 4 + [Choice(features, np.array([False, False, True]))]
    assert conditional_logit(choices, ridge=0.0) == pytest.approx([np.log(2)], abs=1e-3)  # 2e^w / (2e^w + 1) = 4/5


def test_the_logistic_regression_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(1)
    rows = random.normal(size=(400, 3))
    labels = rows @ [1.0, -2.0, 0.0] + 0.5 + random.logistic(size=400) > 0
    theirs = LogisticRegression(C=1 / (2 * 0.01 * 400), tol=1e-8).fit(rows, labels)
    expected = [*theirs.coef_[0], theirs.intercept_[0]]
    assert logistic(rows, labels, ridge=0.01) == pytest.approx(expected, abs=1e-3)


def test_rows_count_as_much_as_they_are_told_to() -> None:
    rows, labels = np.array([[1.0], [1.0], [0.0], [0.0]]), np.array([True, False, True, False])
    weights = logistic(rows, labels, 0.0, np.array([0.3, 0.1, 0.15, 0.45]))
    assert weights == pytest.approx([2 * np.log(3), -np.log(3)], abs=1e-3)  # odds of 3 with it, of 1/3 without

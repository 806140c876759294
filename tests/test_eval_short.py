"""How right the short answers of a model are, and the weights that decide which are shown."""

import json
from pathlib import Path

import numpy as np
import pytest

from eval.short import Pick, fit, picks, table, write
from index.errors import InputError
from index.settings import Settings
from qa.short import FEATURES, calibrations

EIGHT = len(FEATURES)


def made_up(n: int) -> list[Pick]:
    """Right where the first feature, with some noise, is above 1."""
    random = np.random.default_rng(1)
    features = random.normal(size=(n, EIGHT))
    right = features[:, 0] + random.normal(scale=0.3, size=n) > 1
    return [Pick(tuple(row), float(good), float(good)) for row, good in zip(features, right, strict=True)]


def test_the_weights_find_what_tells_right_from_wrong() -> None:
    weights = fit(made_up(600))
    assert max(weights["features"], key=lambda name: abs(weights["features"][name])) == FEATURES[0]
    assert weights["features"][FEATURES[0]] > 1
    assert 0 < weights["show_above"] < 1


def test_too_few_are_not_fitted_on() -> None:
    with pytest.raises(InputError, match="at least 100 short answers, here are 99"):
        fit([*made_up(99), Pick(None, 0.0, 0.0)])


def test_the_table_counts_what_is_shown_of_all_questions() -> None:
    sure, unsure = (20.0, 0.0, 0.0, 8.0, 0.0, 0.7, 1.0, 0.0), (-60.0, -9.0, -9.0, 0.0, -9.0, 2.0, 0.0, 1.0)
    found = [Pick(sure, 1.0, 1.0), Pick(sure, 0.0, 0.5), Pick(unsure, 0.0, 0.0), Pick(None, 0.0, 0.0)]
    lines = table(found, "smollm2").splitlines()
    assert lines[0] == "smollm2: 4 questions, of which it picks a short answer for 3."
    assert lines[4].startswith("| **as it is** | 0.500 | 0.500 [")
    assert lines[4].endswith("| 0.750 |")
    assert lines[-1].startswith("| the likeliest 75% | 0.750 | 0.333 [")


def test_nothing_shown_is_not_a_share() -> None:
    assert "| **as it is** | 0 | n/a | n/a |" in table([Pick(None, 0.0, 0.0)], "smollm2")


def test_weights_are_put_beside_those_of_other_models(tmp_path: Path) -> None:
    path = tmp_path / "short.json"
    for name in ("one", "two", "one"):
        write({"intercept": 1.0}, name, f"for {name}", path)
    models = json.loads(path.read_text())["models"]
    assert models == {name: {"intercept": 1.0, "fitted_on": f"for {name}"} for name in ("one", "two")}
    assert {"smollm2", "other"} <= set(calibrations())


def test_a_real_model_is_asked_once(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "ferry.txt").write_text("The ferry carries 320 passengers. It was built in Gdansk.", encoding="utf-8")
    rows = [
        {"question": "How many passengers does the ferry carry?", "answers": [["320"]], "split": "test"},
        {"question": "Where was the ferry built?", "answers": [["Gdansk"]], "split": "tune"},
        {"question": "Who sank the ferry?", "answerable": False, "split": "test"},
    ]
    gold = tmp_path / "gold.jsonl"
    gold.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    settings = Settings(llm="smollm2", models=str(tmp_path / "models"))
    told: list[str] = []
    first = picks(gold, corpus, "test", settings, tmp_path / "work", told.append)
    calls = (tmp_path / "work" / "calls.jsonl").read_bytes()
    assert len(first) == 1
    assert first[0].features is not None
    assert picks(gold, corpus, "test", settings, tmp_path / "work", told.append) == first
    assert (tmp_path / "work" / "calls.jsonl").read_bytes() == calls
    with pytest.raises(InputError, match="runs in this process"):
        picks(gold, corpus, "test", Settings(llm="none"), tmp_path / "work", told.append)

"""How right the short answers of a model are, and the weights that decide which are shown."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eval.short import Pick, fit, picks, table, write
from index.errors import InputError
from index.settings import Settings
from qa.spans import FEATURES, fitted

COUNT = len(FEATURES)


def made_up(n: int) -> list[Pick]:
    """Three spans each, of which one is right where the first feature, with some noise, is above 1."""
    random = np.random.default_rng(1)
    found = []
    for number in range(n):
        spans = random.normal(size=(3, COUNT))
        right = (spans[:, 0] + random.normal(scale=0.3, size=3) > 1).astype(float)
        found.append(Pick(f"{number // 5}.txt", spans, right, right))
    return found


def pick_of(*spans: tuple[dict[str, float], float, float]) -> Pick:
    rows = [[told.get(name, 0.0) for name in FEATURES] for told, _, _ in spans]
    return Pick("a.txt", np.array(rows), np.array([e for _, e, _ in spans]), np.array([f for _, _, f in spans]))


NOTHING = Pick("a.txt", np.zeros((0, COUNT)), np.zeros(0), np.zeros(0))


def test_the_weights_find_what_tells_right_from_wrong() -> None:
    weights = fit(made_up(600))
    assert max(weights["features"], key=lambda name: abs(weights["features"][name])) == FEATURES[0]
    assert weights["features"][FEATURES[0]] > 1
    assert 0 < weights["show_above"] < 1


def test_too_few_are_not_fitted_on() -> None:
    with pytest.raises(InputError, match="at least 100 questions with short answers, here are 99"):
        fit([*made_up(99), NOTHING])


def test_the_table_counts_what_is_shown_of_all_questions() -> None:
    weights = fitted()["smollm2"]
    best = max(weights.features, key=lambda name: weights.features[name])
    sure, unsure = {best: 20.0}, {best: -20.0}
    found = [
        pick_of((unsure, 0, 0.2), (sure, 1, 1)),
        pick_of((sure, 0, 0.5), (unsure, 1, 1)),
        pick_of((unsure, 0, 0)),
        NOTHING,
    ]
    lines = table(found, "smollm2").splitlines()
    assert lines[0] == "smollm2: 4 questions, for 3 of which it could copy something."
    assert lines[4].startswith("| **as it is** | 0.500 | 0.500 [")
    assert lines[4].endswith("| 0.750 |")
    assert lines[-1].startswith("| the likeliest 75% | 0.750 | 0.333 [")


def test_a_model_without_weights_has_no_table() -> None:
    with pytest.raises(InputError, match="no weights for gguf:x"):
        table([NOTHING], "gguf:x")


def test_one_article_is_not_fitted_on() -> None:
    one = [replace(pick, article="a.txt") for pick in made_up(120)]
    with pytest.raises(InputError, match="at least 10 articles, here are 1"):
        fit(one)


def test_nothing_shown_is_not_a_share() -> None:
    assert "| **as it is** | 0 | n/a | n/a |" in table([NOTHING], "smollm2")


def test_weights_are_put_beside_those_of_other_models(tmp_path: Path) -> None:
    path = tmp_path / "short.json"
    for name in ("one", "two", "one"):
        write({"intercept": 1.0}, name, f"for {name}", path)
    models = json.loads(path.read_text())["models"]
    assert models == {name: {"intercept": 1.0, "fitted_on": f"for {name}"} for name in ("one", "two")}


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
    assert first[0].exact.max() == 1
    again = picks(gold, corpus, "test", settings, tmp_path / "work", told.append)
    assert [pick.features.tolist() for pick in again] == [pick.features.tolist() for pick in first]
    assert (tmp_path / "work" / "calls.jsonl").read_bytes() == calls
    with pytest.raises(InputError, match="runs in this process"):
        picks(gold, corpus, "test", Settings(llm="none"), tmp_path / "work", told.append)

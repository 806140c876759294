"""Fitting and measuring confidence on small sets where what is right is known."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import ui.evaluation
import ui.measuring  # noqa: F401 these add the commands
from eval.confidence import Set, cases, fit, model_of, regression, table_of
from eval.gold import Gold, save_gold
from eval.trust import ALONE, BASELINE, OURS, measure, table
from index.errors import InputError
from index.settings import Settings
from qa.confidence import MODEL_SIGNALS, SIGNALS, TOPIC_SIGNALS, Confidence, coefficients, log_odds, probability
from ui.cli import app

FARM = ("Anna", "Boris", "Clara", "David", "Emil", "Frida", "Gustav", "Hanna")
BAND = ("Overture", "Nocturne", "Sonata", "Fugue", "Prelude", "Cantata", "Serenade", "Toccata")


def write_set(folder: Path, names: tuple[str, ...], said: str, asked: str, *, unanswerable: bool = False) -> Path:
    """A set of which half is for tuning; the even questions of an open one have no answer."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    rows = []
    for n, name in enumerate(names):
        text = f"{said.format(name=name, n=n + 3)} The weather was fine there. Nobody complained about it."
        (corpus / f"{name}.txt").write_text(text, encoding="utf-8")
        split = "tune" if n < 4 else "test"
        if unanswerable and n % 2 == 0:
            question = f"Why did {name} never do that?"
            rows.append(Gold(id=f"{folder.name}-{n}", question=question, answerable=False, split=split))
        else:
            question, answer = asked.format(name=name), f"{n + 3}"
            rows.append(Gold(id=f"{folder.name}-{n}", question=question, answers=((answer,),), split=split))
    save_gold(folder / "gold.jsonl", rows)
    return folder


@pytest.fixture(scope="module")
def sets(tmp_path_factory) -> list[Set]:
    work = tmp_path_factory.mktemp("sets")
    farm = write_set(
        work / "farm", FARM, "{name} bought {n} tractors in Springfield.", "How many tractors did {name} buy?"
    )
    band = write_set(
        work / "band",
        BAND,
        "The {name} lasts {n} minutes when strings play it.",
        "How many minutes does the {name} last?",
    )
    zoo = write_set(
        work / "zoo", FARM, "{name} fed {n} camels in Cairo.", "How many camels did {name} feed?", unanswerable=True
    )
    return [Set(farm), Set(band), Set(zoo, open=True)]


def test_questions_are_asked_of_their_own_articles_and_of_others(sets, tmp_path) -> None:
    said: list[str] = []
    found = cases(sets, "tune", tmp_path, said.append)
    assert said == [
        "farm: 4 questions, 4 of other sets",
        "band: 4 questions, 4 of other sets",
        "zoo: 4 questions, 0 of other sets",
    ]
    own = [case for case in found if not case.foreign]
    assert all(case.right for case in own if case.answerable)
    assert [case.answerable for case in own if case.articles == "zoo"] == [False, True, False, True]
    assert not any(case.right or case.answerable for case in found if case.foreign)
    assert max(c.sure.signals["cosine"] for c in found if c.foreign) < min(
        c.sure.signals["cosine"] for c in own if c.answerable
    )


def test_the_fit_tells_them_apart(sets, tmp_path) -> None:
    fitted = fit(sets, tmp_path, lambda _: None)
    assert set(fitted["topic"]) == {*TOPIC_SIGNALS, "intercept"}
    assert set(fitted["right"]) == {*SIGNALS, "intercept"}
    found = cases(sets, "test", tmp_path, lambda _: None)
    for case in found:
        assert (probability(case.sure.signals, fitted["topic"]) > 0.5) is not case.foreign
    own = [case for case in found if case.articles == "zoo"]
    told = [(probability(case.sure.signals, fitted["right"]), case.answerable) for case in own]
    assert max(p for p, answerable in told if not answerable) < min(p for p, answerable in told if answerable)
    assert fitted["fitted_on"] == "tuning parts of farm, band, zoo; 12 questions, 8 off the topic"
    assert fit(sets, tmp_path, lambda _: None) == fitted


def test_a_signal_that_never_changes_weighs_nothing(sets, tmp_path) -> None:
    found = cases(sets, "tune", tmp_path, lambda _: None)
    same = [case for case in found if case.answerable and case.articles == "farm"]
    weights = regression(table_of(same, ["kind_offered"]), [True, False, True, False], ["kind_offered"])
    assert weights["kind_offered"] == pytest.approx(0, abs=1e-6)


def test_fewer_than_two_sets_are_an_error(sets, tmp_path) -> None:
    for few in (sets[:1], [sets[0], sets[2]], [sets[0], sets[0]]):
        with pytest.raises(InputError, match="two sets or more, of different names"):
            cases(few, "tune", tmp_path, print)


def test_the_tables(sets, tmp_path) -> None:
    measured = measure(sets, 0.75, tmp_path / "work", lambda _: None)
    assert [line.rule for line in measured.refusing] == [BASELINE, OURS]
    assert measured.refusing[1].recall.mean == 1.0
    assert measured.refusing[1].recall.n == 8
    assert measured.doubts["off the topic"] == {"topic": 8, "premise": 0, "answer": 0, "asked": 8}
    assert set(measured.gains) == {"zoo"}
    assert {ranking.asked for ranking in measured.rankings} == {"farm", "band", "zoo", "all together"}
    for coverage, risk in measured.curves[OURS]:
        assert 0 < coverage <= 1
        assert 0 <= risk < 1
    text = table(measured)
    assert "| Byline | 1.000 [1.000, 1.000] of 8 |" in text
    assert "Gain in AUROC of answerable, zoo, paired:" in text


def test_the_command_writes_tables_picture_and_coefficients(sets, tmp_path) -> None:
    folders = [str(item.folder) for item in sets]
    data = [*folders[:2], "--open", folders[2]]
    out, plot, coefficients = tmp_path / "a.md", tmp_path / "risk.svg", tmp_path / "coefficients.json"
    shown = CliRunner().invoke(app, ["eval", "confidence", *data, "--out", str(out), "--plot", str(plot)])
    assert shown.exit_code == 0, shown.output
    assert out.read_text("utf-8") in shown.output
    assert plot.read_text("utf-8").startswith("<?xml")
    fitted = CliRunner().invoke(app, ["eval", "confidence", *data, "--fit", str(coefficients)])
    assert fitted.exit_code == 0, fitted.output
    assert '"off_topic_below"' in coefficients.read_text("utf-8")


def test_a_model_is_asked_about_what_is_not_off_topic_and_only_once(sets, tmp_path, monkeypatch) -> None:
    model = model_of(Settings(llm="smollm2"), tmp_path)
    found = cases(sets, "tune", tmp_path, lambda _: None, model)
    asked = [case for case in found if case.says is not None]
    assert {case.sure.off_topic for case in asked} == {False}
    assert all(case.sure.off_topic for case in found if case.says is None)
    calls = model.usage.calls
    assert calls >= len({case.cluster for case in asked}) > 0

    told = coefficients()
    only_the_model = {"right": 0.0, "says": 1.0, "intercept": 0.0}
    monkeypatch.setattr("eval.confidence.coefficients", lambda: replace(told, models={"smollm2": only_the_model}))
    again = cases(sets, "tune", tmp_path, lambda _: None, model_of(Settings(llm="smollm2"), tmp_path))
    assert [log_odds(case.sure.right) for case in again if case.says is not None] == pytest.approx(
        [case.says for case in asked]
    )
    measured = measure(sets, 0.75, tmp_path, lambda _: None, model_of(Settings(llm="smollm2"), tmp_path))
    assert {ranking.score for ranking in measured.rankings} == {BASELINE, ALONE, OURS}


def test_the_command_fits_a_model_beside_the_others(sets, tmp_path) -> None:
    folders = [str(item.folder) for item in sets]
    data = [*folders[:2], "--open", folders[2], "--llm", "smollm2", "--work", str(tmp_path)]
    path = tmp_path / "coefficients.json"
    missing = CliRunner().invoke(app, ["eval", "confidence", *data, "--fit", str(path)])
    assert isinstance(missing.exception, InputError)
    told = {"right": dict(coefficients().right), "models": {"other": {"weights": {"says": 2}}}}
    path.write_text(json.dumps(told), encoding="utf-8")
    fitted = CliRunner().invoke(app, ["eval", "confidence", *data, "--fit", str(path)])
    assert fitted.exit_code == 0, fitted.output
    values = json.loads(path.read_text("utf-8"))
    assert values["right"] == told["right"]
    assert values["models"]["other"] == {"weights": {"says": 2}}
    fitted_to = values["models"]["smollm2"]["weights"]
    assert set(fitted_to) == {*MODEL_SIGNALS, "intercept"}
    assert 0 < Confidence(0.9, 0.5, denied=False).also(1.0, fitted_to).right < 1


def test_a_model_on_a_server_cannot_be_asked(sets, tmp_path) -> None:
    with pytest.raises(InputError, match="that runs in this process"):
        model_of(Settings(llm="ollama:some"), tmp_path)
    assert model_of(Settings(llm="none"), tmp_path) is None

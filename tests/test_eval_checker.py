"""Measuring the sentence checker: WiCE's form, made-up drafts, the fit and the table."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from eval import support
from eval.checker import best_threshold, measure, table
from eval.drafts import CORRUPTIONS, OTHER, drafts
from eval.wice import CHUNK, cited, load, oracle_chunks
from index.errors import InputError
from qa.verify import FEATURES, Checker

WICE = Path(__file__).resolve().parents[2] / "shared" / "data" / "wice_dev" / "claims_dev.jsonl"
PAGE = (
    "(meta data) TITLE: {name} wins the race",
    "(meta data) PUBLISHED DATETIME: 2019-05-04 00:00:00",
    "On Friday {name} won the national race in Springfield with 12,300 votes against Walter Miller.",
    "The council did not accept the complaint that {name} brought against the Ohio committee.",
    "Critics called the result “a victory for everyday farmers and workers” in three newspapers.",
    "{name} thanked the people of Springfield, who had waited for the result since 1998.",
    "The weather in the valley was fine and nobody complained about the heat.",
)


def write(path: Path, names: list[str]) -> Path:
    rows = []
    for n, name in enumerate(names):
        page = [sentence.format(name=name) for sentence in PAGE]
        claims = [
            ("supported", f"{name} won the race in Springfield on Friday.", [[2]]),
            ("partially_supported", f"{name} won the race in Boston by 40 points.", [[2], [2, 5]]),
            ("not_supported", f"{name} studied chemistry in Paris and married a dentist.", [[]]),
        ]
        for label, claim, marked in claims:
            meta = {"id": f"{n}-{label}", "claim_title": name, "claim_section": "", "claim_context": ""}
            row = {"label": label, "claim": claim, "evidence": page, "supporting_sentences": marked, "meta": meta}
            rows.append(json.dumps(row))
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


@pytest.fixture
def file(tmp_path):
    return write(tmp_path / "claims_dev.jsonl", ["Anna", "Boris", "Clara", "David", "Emil", "Frida", "Gustav", "Hanna"])


@pytest.fixture(scope="module")
def checker(embedder):
    return Checker(embedder)


def test_claims_are_read_with_title_and_date(file):
    row = load(file)[0]
    assert (row.claim, row.supported) == ("Anna won the race in Springfield on Friday.", True)
    assert row.context == "Anna wins the race 2019-05-04"
    assert row.sentences[0] == "TITLE: Anna wins the race"
    assert load(file.parent) == load(file)


def test_an_article_is_in_one_part_alone(file):
    tune, test = ({row.article for row in load(file, part)} for part in ("tune", "test"))
    assert tune
    assert test
    assert not tune & test


def test_what_is_no_such_file_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path / "none.jsonl")
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text('{"label": "supported"}\n', "utf-8")
    with pytest.raises(InputError, match="line 1 is no claim of WiCE: KeyError"):
        load(wrong)


def test_a_claim_cites_what_is_marked_or_else_what_is_nearest(file, embedder):
    rows = load(file)[:3]
    supported, partial, none = cited(rows, embedder)
    assert [claim.sources for claim in supported] == [(rows[0].sentences[2],)]
    assert [len(claim.sources) for claim in partial] == [1, 2]
    assert [len(claim.sources) for claim in none] == [3]


def test_oracle_chunks_hold_what_is_marked_and_are_about_as_long(file, embedder):
    rows = load(file)[:3]
    supported, partial, none = oracle_chunks(rows, embedder)
    assert all(rows[0].sentences[2] in claim.sources for claim in supported + partial)
    assert len(supported) == len(partial) == 3
    assert [claim.sources for claim in none] == [rows[2].sentences]  # the page is one chunk
    assert all(sum(len(s.split()) for s in claim.sources) < CHUNK for claim in supported + partial + none)


def test_drafts_are_the_same_every_time_and_of_every_kind(file):
    made = drafts(load(file))
    assert made == drafts(load(file))
    assert {draft.kind for draft in made if not draft.true} <= {*CORRUPTIONS, OTHER}
    assert {"negation inserted", OTHER, "the source itself"} <= {d.kind for d in made}
    assert all(d.claim.sentence not in d.claim.sources for d in made if not d.true)


@pytest.mark.parametrize(
    ("kind", "before", "pattern"),
    [
        ("number changed", "They sold 120 cars.", r"They sold \d+ cars\."),
        ("year changed", "It was in 1998.", r"It was in \d{4}\."),
        ("negation inserted", "It was sold.", r"It was not sold\."),
        ("negation removed", "It did not sell.", r"It did sell\."),
        ("negation removed", "It didn't sell.", r"It did sell\."),
        ("two names swapped", "Then old Anna Berg beat poor Boris.", r"Then old Boris beat poor Anna Berg\."),
        ("month or weekday changed", "It was on Friday.", r"It was on (?!Friday)\w+day\."),
    ],
)
def test_one_thing_is_changed(kind, before, pattern):
    import random

    after = CORRUPTIONS[kind](before, "", random.Random(1))
    assert after != before
    assert re.fullmatch(pattern, after)


def test_the_threshold_for_f1():
    # from .6 on: two of two found, one wrong: F1 = 4/5; from .8 on: 2/3
    assert best_threshold([0.9, 0.8, 0.6, 0.2], [True, False, True, False]) == 0.6
    assert best_threshold([], []) == 0.0


def test_a_sentence_with_what_it_cites_is_told_from_one_without(file, checker):
    said: list[str] = []
    measured = measure(file, checker, "all", said.append)
    shown = measured.lines[0]
    assert (shown.setting, shown.f1.n) == ("cited", 24)
    assert shown.f1.mean == shown.balanced.mean == 1.0
    assert shown.false_passes is not None
    assert shown.false_passes.mean == 0.0
    assert said[0] == "24 claims, cited"
    text = table(measured)
    assert "| cited | Byline's checker, as it decides | 1.000" in text
    assert "| GPT-4, published | 0.61 | | 0.80 |" in text
    json.dumps(measured.to_dict())


def test_fitting_learns_that_covered_words_support(file, checker):
    fitted = support.fit(file, checker)
    assert set(fitted["features"]) == set(FEATURES)
    assert fitted["features"]["coverage"] > 0
    assert 0.5 <= fitted["threshold"] < 1


def test_the_threshold_lets_few_unsupported_pass():
    # Two unsupported of equal weight, scores .5 and .73: at most 3% may pass, so from above .73 on.
    features = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
    some = support.Examples(features, np.array([False, False, True]), np.ones(3, dtype=bool))
    assert support.threshold(np.array([1.0, 0.0, 0.0, 0.0]), some) == 0.74


def test_the_command_prints_and_writes_the_table(file, tmp_path):
    import ui.evaluation
    import ui.measuring  # noqa: F401 as `byline` does
    from ui.cli import app

    out = tmp_path / "runs" / "checker.md"
    ran = CliRunner().invoke(app, ["eval", "checker", str(file), "--split", "test", "--json", "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout[ran.stdout.index("{") :])["split"] == "test"
    assert out.read_text("utf-8").startswith("The reporting part of WiCE")


def test_the_set_itself_is_read():
    if not WICE.is_file():
        pytest.skip("WiCE is not at hand: data/entailment_retrieval/claim/dev.jsonl of github.com/ryokamoi/wice")
    rows = load(WICE)
    assert len(rows) == 349
    assert sum(row.supported for row in rows) == 115
    assert {row.split for row in rows} == {"tune", "test"}

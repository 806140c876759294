"""That the benchmark measures what it says; how long things take is never asserted."""

import json

from eval.bench import Figure, bench
from eval.gold import Gold, save_gold


def test_a_figure_is_the_median_with_its_limits():
    assert Figure.of("x", [3.0, 1.0, 2.0], "s") == Figure("x", 2.0, 1.0, 3.0, "s", 3)


def test_a_small_benchmark_runs_through(tmp_path, monkeypatch):
    monkeypatch.setattr("eval.bench.LARGE", 3)
    data = tmp_path / "set"
    (data / "corpus").mkdir(parents=True)
    text = "Anna bought seven tractors in Springfield. She paid in cash. Boris watched from the window."
    (data / "corpus" / "a.txt").write_text(text, encoding="utf-8")
    save_gold(data / "gold.jsonl", [Gold(id="1", question="How many tractors did Anna buy?")])
    said: list[str] = []
    table = bench([data], tmp_path / "out", 500, 1, said.append)
    figures = {
        figure["what"]: figure for figure in json.loads((tmp_path / "out" / "bench.json").read_text())["figures"]
    }
    assert "build, 1 articles, 3 sentences" in figures
    assert "retrieve(), 500 sentences stored" in figures
    assert all(figure["value"] > 0 for what, figure in figures.items() if "beyond" not in what)
    assert "build / bare parts" in table
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"bench.json", "bench.md"}

"""Where the articles of a folder differ: what is found in the five seeds, and what is not found elsewhere."""

from contextlib import closing
from pathlib import Path

import pytest

from index.builder import build
from index.embed import Embedder
from index.reader import Reader
from index.settings import Settings
from qa.survey import Survey, survey

FERRY = """The ferry Aurora ran aground off the island of Vessel on Tuesday with 212 passengers on board.

Nobody was hurt, the coastguard of Vessel said, but 14 people were taken to the hospital in Norrby as a precaution.

"We dropped both anchors at once, and that saved us," captain Ingrid Dahl told reporters in Norrby.
"""
TOWN = """{name} is a town in {county} County, United States. The population was {people} at the 2010 census.

According to the United States Census Bureau, there were {people} people and {homes} households in the town in 2010.
"""


def surveyed(tmp_path: Path, embedder: Embedder, **texts: str) -> Survey:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    settings = Settings(store=str(tmp_path / "store"))
    build(folder, settings, embedder=embedder)
    with closing(Reader(settings, embedder)) as reader:
        found = survey(reader)
        for citation in found.citations:
            assert reader.article(citation.file).text[citation.start : citation.end] == citation.quote
    cited = {marker for conflict in found.conflicts for side in conflict.sides for marker in side.citations}
    assert cited == {citation.marker for citation in found.citations}
    return found


def told(found: Survey) -> list[tuple[str, dict[str, set[str]]]]:
    """The kind of each conflict, and the files behind each value."""
    files = {citation.marker: citation.file[:3] for citation in found.citations}
    return [(c.kind, {side.value: {files[m] for m in side.citations} for side in c.sides}) for c in found.conflicts]


def test_the_conflicts_of_the_seeds(seeds_settings: Settings, embedder: Embedder) -> None:
    with closing(Reader(seeds_settings, embedder)) as reader:
        steps: list[tuple[int, int]] = []
        found = survey(reader, lambda done, total: steps.append((done, total)))
    assert steps[0] == (0, 5)
    assert steps[-1] == (5, 5)
    practices = "neo-colonial practices of the United States and its satellites"
    assert told(found) == [
        ("quote", {"concern": {"000"}, "importance": {"002"}}),
        ("quote", {"fighting together against": {"000", "002"}, "jointly resisting": {"001"}}),
        ("quote", {"satellites": {"000", "002"}, "allies": {"001"}}),
        ("quote", {practices: {"000", "002"}, "imperialist policy": {"003"}}),
        ("quote", {"promote": {"000"}, "further": {"002"}}),
        ("quote", {"concern": {"000"}, "interest": {"002"}}),
        ("name", {"Russia": {"001"}, "Ukraine": {"000", "002"}}),
    ]
    assert found.conflicts[0].summary == "Quoted words differ: “concern” or “importance”"
    assert found.to_dict()["conflicts"][0]["sides"][0] == ("concern", (1,))


def test_rewrites_with_one_thing_changed(tmp_path: Path, embedder: Embedder) -> None:
    found = surveyed(
        tmp_path,
        embedder,
        one=FERRY,
        two="Ferry aground\n\n" + FERRY.replace("212", "221"),
        three=FERRY.replace("Tuesday", "Monday").replace("saved us", "killed us"),
    )
    assert told(found) == [
        ("date", {"Tuesday": {"one", "two"}, "Monday": {"thr"}}),
        ("number", {"212": {"one", "thr"}, "221": {"two"}}),
        ("quote", {"saved": {"one", "two"}, "killed": {"thr"}}),
    ] or sorted(told(found), key=str) == sorted(
        [
            ("date", {"Monday": {"thr"}, "Tuesday": {"one", "two"}}),
            ("number", {"212": {"one", "thr"}, "221": {"two"}}),
            ("quote", {"killed": {"thr"}, "saved": {"one", "two"}}),
        ],
        key=str,
    )


def test_the_same_twice_is_no_conflict(tmp_path: Path, embedder: Embedder) -> None:
    assert told(surveyed(tmp_path, embedder, one=FERRY, two=f"Ferry aground\n\n{FERRY}")) == []


def test_two_towns_in_one_template_are_no_conflict(tmp_path: Path, embedder: Embedder) -> None:
    towns = {
        "ashford": TOWN.format(name="Ashford", county="Kent", people="3,559", homes="1,575"),
        "millbrook": TOWN.format(name="Millbrook", county="Dane", people="18,204", homes="7,013"),
    }
    assert told(surveyed(tmp_path, embedder, **towns)) == []


@pytest.mark.parametrize("texts", [{}, {"one": FERRY}])
def test_with_nothing_to_compare_there_is_nothing(tmp_path: Path, embedder: Embedder, texts: dict[str, str]) -> None:
    assert surveyed(tmp_path, embedder, **texts) == Survey((), ())

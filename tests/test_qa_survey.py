"""Where the articles of a folder differ: what is found in the five seeds, and what is not found elsewhere."""

from contextlib import closing
from pathlib import Path

import pytest

from index.builder import build
from index.embed import Embedder
from index.reader import Reader
from index.settings import Settings
from qa.survey import Survey, survey
from tests.corpora import corpus

FERRY = """The ferry Aurora ran aground off the island of Vessel on Tuesday with 212 passengers on board.

Nobody was hurt, the coastguard of Vessel said, but 14 people were taken to the hospital in Norrby as a precaution.

"We dropped both anchors at once, and that saved us," captain Ingrid Dahl told reporters in Norrby.
"""
TOWN = """{name} is a town in {county} County, United States. The population was {people} at the 2010 census.

According to the United States Census Bureau, there were {people} people and {homes} households in the town in 2010.
"""


def surveyed(tmp_path: Path, embedder: Embedder, **texts: str) -> Survey:
    settings = corpus(tmp_path, {f"{name}.txt": text for name, text in texts.items()}, embedder)
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
    assert sorted(told(found), key=str) == sorted(
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


RAID = "The raid in Kabul on Sunday killed {} soldiers of the Nangar brigade, colonel Omar Daud said in the morning."
MEDALS = "The team from Oslo led by Kari Moe won {} medals at the games in Turin, the federation of Norway said."


@pytest.mark.parametrize(
    ("one", "other", "kind", "values"),
    [
        ("2.5 percent", "5 percent", "number", {"2.5 percent", "5 percent"}),
        ("12", "12 thousand", "number", {"12", "12 thousand"}),
        ("$1.2 million", "$2 million", "number", {"$1.2 million", "$2 million"}),
    ],
)
def test_each_value_has_its_side(
    tmp_path: Path, embedder: Embedder, one: str, other: str, kind: str, values: set[str]
) -> None:
    text = (
        "The budget of the city of Norrby grew by {} in the year to June, mayor Ingrid Dahl told the council of Norrby."
    )
    found = surveyed(tmp_path, embedder, one=text.format(one), two=text.format(other))
    assert [(c.kind, {side.value for side in c.sides}) for c in found.conflicts] == [(kind, values)]


def test_who_denies_stands_apart_from_who_affirms(tmp_path: Path, embedder: Embedder) -> None:
    text = "The minister of trade, Ingrid Dahl, will {}sign the peace treaty with France in Norrby on Tuesday."
    found = surveyed(tmp_path, embedder, one=text.format(""), two=text.format("not "))
    assert told(found) == [("negation", {"sign": {"one"}, "not sign": {"two"}})]


def test_stories_with_the_same_numbers_stay_apart(tmp_path: Path, embedder: Embedder) -> None:
    texts = {"ka1": RAID.format(2), "ka2": RAID.format(3), "os1": MEDALS.format(2), "os2": MEDALS.format(3)}
    assert told(surveyed(tmp_path, embedder, **texts)) == [
        ("number", {"2": {"ka1"}, "3": {"ka2"}}),
        ("number", {"2": {"os1"}, "3": {"os2"}}),
    ]


def test_many_copies_do_not_hide_the_other_side(tmp_path: Path, embedder: Embedder) -> None:
    texts = {f"a{n:02}": f"{RAID.format(12)}\n\nUpdate {n}." for n in range(9)}
    texts |= {f"b{n:02}": f"{RAID.format(14)}\n\nUpdate {n}." for n in range(9)}
    ((kind, sides),) = told(surveyed(tmp_path, embedder, **texts))
    assert (kind, sides.keys()) == ("number", {"12", "14"})
    assert all(file.startswith("a") for file in sides["12"])
    assert all(file.startswith("b") for file in sides["14"])


def test_an_old_version_that_a_build_has_not_removed_yet_is_passed_over(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, settings = tmp_path / "articles", Settings(store=str(tmp_path / "store"))
    folder.mkdir()
    (folder / "a.txt").write_text(RAID.format(12), encoding="utf-8")
    (folder / "b.txt").write_text(RAID.format(12), encoding="utf-8")
    build(folder, settings, embedder=embedder)
    (folder / "a.txt").write_text(RAID.format(13), encoding="utf-8")
    (folder / "b.txt").write_text(RAID.format(14), encoding="utf-8")
    monkeypatch.setattr("index.catalog.Catalog.drop_unnamed", lambda self: [])
    build(folder, settings, embedder=embedder)
    with closing(Reader(settings, embedder)) as reader:
        assert {value for _, sides in told(survey(reader)) for value in sides} == {"13", "14"}

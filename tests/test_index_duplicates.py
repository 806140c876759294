"""Near-duplicates: rewrites, cuts and new headlines are found; templates and other reports are not."""

from pathlib import Path

import pytest

import index.builder
from index.builder import build
from index.catalog import Catalog
from index.duplicates import Copies
from index.embed import Embedder
from index.opening import catalog_path
from index.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))
FERRY = """The ferry Aurora ran aground off the island of Vessel on Tuesday with 212 passengers on board.

Nobody was hurt, the coastguard said, but 14 people were taken to the hospital in Norrby as a precaution.

The captain, Ingrid Dahl, said that the steering had failed shortly after the ship left the harbour.

"We dropped both anchors at once, and that saved us," she told reporters.

Divers will look at the hull on Friday. The company has cancelled all crossings until Sunday.
"""
REWRITE = """Ferry hits rocks near Vessel

With 212 passengers aboard, the Aurora ferry ran aground on Tuesday off Vessel island.

There were no injuries, according to the coastguard, although as a precaution 14 people went to hospital in Norrby.

Captain Ingrid Dahl said the steering failed soon after the ship had left harbour.

"We dropped both anchors straight away, and that saved us," she told journalists.
"""
OTHER_REPORT = """Passengers of the stranded Aurora have praised its crew.

"They handed out blankets and tea, and nobody shouted," said Per Lund, who had been on his way to a wedding.

"We dropped both anchors at once, and that saved us," captain Ingrid Dahl told reporters.

The accident has started a debate about the age of the fleet. The Aurora was built in 1974.
"""
TOWN = """{name} is a town in {county} County. The population was {people} at the 2010 census.

As of the census of 2000, there were {households} households and {families} families residing in the town.

The median income for a household in the town was ${income}. About {poor}% of families were below the poverty line.
"""
TOWNS = (
    {"name": "Ashford", "county": "Kent", "people": "3,559", "households": "1,575", "families": "909"},
    {"name": "Millbrook", "county": "Dane", "people": "18,204", "households": "7,013", "families": "4,466"},
)
INCOMES = ({"income": "31,900", "poor": "9.4"}, {"income": "58,250", "poor": "3.1"})


def copies(folder: Path, embedder: Embedder) -> set[tuple[str, str]]:
    """Builds, and returns the pairs of files that are copies, by name."""
    build(folder, settings_of(folder), embedder=embedder)
    return pairs(folder)


def settings_of(folder: Path) -> Settings:
    return Settings(store=str(folder.parent / "store"))


def pairs(folder: Path) -> set[tuple[str, str]]:
    catalog = Catalog(catalog_path(Path(settings_of(folder).store)))
    try:
        files = {record.content: path for path, record in catalog.files().items() if record.content is not None}
        found = catalog.copies(files)
        assert all(one in found[other] for one, others in found.items() for other in others)
        return {(files[a], files[b]) for a, others in found.items() for b in others if files[a] < files[b]}
    finally:
        catalog.close()


def folder_of(tmp_path: Path, **texts: str) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def test_of_the_seeds_two_are_copies(tmp_path: Path, embedder: Embedder) -> None:
    folder = folder_of(tmp_path, **{path.stem[:3]: path.read_text(encoding="utf-8") for path in SEEDS})
    assert copies(folder, embedder) == {("000.txt", "002.txt")}


def test_rewrites_cuts_and_headlines(tmp_path: Path, embedder: Embedder) -> None:
    cut = "\n\n".join(FERRY.split("\n\n")[:2])
    folder = folder_of(tmp_path, cut=cut, ferry=FERRY, headline=f"Drama at sea\n\n{FERRY}", rewrite=REWRITE)
    names = ("cut.txt", "ferry.txt", "headline.txt", "rewrite.txt")
    assert copies(folder, embedder) == {(a, b) for a in names for b in names if a < b}


def test_another_report_of_the_same_event_is_no_copy(tmp_path: Path, embedder: Embedder) -> None:
    assert copies(folder_of(tmp_path, ferry=FERRY, other=OTHER_REPORT), embedder) == set()


def test_a_template_makes_no_copies(tmp_path: Path, embedder: Embedder) -> None:
    ashford, millbrook = (TOWN.format(**town, **income) for town, income in zip(TOWNS, INCOMES, strict=True))
    later = ashford.replace("3,559", "3,561")
    folder = folder_of(tmp_path, ashford=ashford, later=later, millbrook=millbrook)
    assert copies(folder, embedder) == {("ashford.txt", "later.txt")}


@pytest.mark.parametrize(
    ("brief", "found"),
    [
        ("The ferry Aurora ran aground off the island of Vessel on Tuesday with 212 passengers on board.", True),
        ("A ferry got into trouble near Vessel.", False),
        ("Divers were called.", False),
    ],
)
def test_a_brief(tmp_path: Path, embedder: Embedder, brief: str, found: bool) -> None:
    assert bool(copies(folder_of(tmp_path, brief=brief, ferry=FERRY), embedder)) == found


def test_the_order_in_which_they_come_does_not_matter(tmp_path: Path, embedder: Embedder) -> None:
    long = FERRY + "\n\n".join(path.read_text(encoding="utf-8") for path in SEEDS[1:2])
    folder = folder_of(tmp_path, rewrite=REWRITE)
    assert copies(folder, embedder) == set()
    folder_of(tmp_path, long=long)
    assert copies(folder, embedder) == {("long.txt", "rewrite.txt")}
    (folder / "rewrite.txt").unlink()
    assert copies(folder, embedder) == set()
    folder_of(tmp_path, rewrite=REWRITE)
    assert copies(folder, embedder) == {("long.txt", "rewrite.txt")}


def test_more_copies_than_are_near_are_found(tmp_path: Path, embedder: Embedder) -> None:
    folder = folder_of(tmp_path, **{f"{n:02}": f"{FERRY}\n\nUpdate {n}" for n in range(25)})
    assert len(copies(folder, embedder)) == 25 * 24 // 2


def test_a_build_that_was_stopped_is_made_up_for(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(Copies):
        def of(self, content: int) -> list[int]:
            raise KeyboardInterrupt

    folder = folder_of(tmp_path, ferry=FERRY, rewrite=REWRITE)
    with monkeypatch.context() as patched:
        patched.setattr(index.builder, "Copies", Stopped)
        with pytest.raises(KeyboardInterrupt):
            build(folder, settings_of(folder), embedder=embedder)
    assert pairs(folder) == set()
    assert copies(folder, embedder) == {("ferry.txt", "rewrite.txt")}

import json
from pathlib import Path

import pytest

from eval.gold import Gold, GoldSpan, load_gold
from eval.imports import IMPORTERS, import_onestopqa, import_squad, split_of
from index.errors import InputError


def onestop(title: str = "Spain's First Robin") -> dict[str, object]:
    def level(context: str, *spans: list[int]) -> dict[str, object]:
        return {"context": context, "a_spans": list(spans), "d_spans": [[0, 0]] * len(spans)}

    def question(text: str, answer: str) -> dict[str, object]:
        return {"question": text, "references": -1, "answers": [answer, "wrong", "wrong", "wrong"]}

    first = {
        "Adv": level("One two.", [0, 1]),
        "Ele": level("One.", [0, 0]),
        "qas": [question("First?", "Number one")],
    }
    # Two spaces: a token is what stands between white space. Tokens: Three(0) four.(1) Five(2) six(3) seven.(4)
    second = {
        "Adv": level("Three  four. Five six seven.", [1, 1], [0, 1, 3, 4]),
        "Ele": level("Three.", [0, 0], [0, 0]),
        "qas": [question("Second?", "Four"), question("Third?", "Both")],
    }
    return {"data": [{"title": title, "paragraphs": [first, second]}]}


def saved(folder: Path, data: object) -> Path:
    path = folder / "data.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_onestopqa(tmp_path: Path) -> None:
    done = import_onestopqa(saved(tmp_path, onestop()), tmp_path / "out")
    text = (done.corpus / "spain-s-first-robin.txt").read_text(encoding="utf-8")
    assert text == "One two.\n\nThree  four. Five six seven."
    assert (done.articles, done.questions) == (1, 3)
    first, second, third = load_gold(done.gold)
    file = "spain-s-first-robin.txt"
    assert first == Gold(
        id="spain-s-first-robin-p1-q1",
        question="First?",
        evidence=((GoldSpan(file, "One two.", 0),),),
        tags=("onestopqa", "Adv"),
        split=split_of("Spain's First Robin"),
        notes="Number one",
    )
    # The second paragraph starts at 8 + 2 = 10; "four." 7 further on; "six seven." at 10 + 18.
    assert second.evidence == ((GoldSpan(file, "four.", 17),),)
    assert third.evidence == ((GoldSpan(file, "Three  four.", 10), GoldSpan(file, "six seven.", 28)),)


def test_onestopqa_at_another_level(tmp_path: Path) -> None:
    done = import_onestopqa(saved(tmp_path, onestop()), tmp_path / "out", level="Ele")
    assert (done.corpus / "spain-s-first-robin.txt").read_text(encoding="utf-8") == "One.\n\nThree."
    assert {row.tags for row in load_gold(done.gold)} == {("onestopqa", "Ele")}


@pytest.mark.parametrize("spans", [[0], [1, 0], [0, 9], [-1, 0]])
def test_onestopqa_refuses_spans_that_cannot_be(tmp_path: Path, spans: list[int]) -> None:
    data = onestop()
    data["data"][0]["paragraphs"][0]["Adv"]["a_spans"] = [spans]  # type: ignore[index]
    with pytest.raises(InputError, match="not in the format of OneStopQA"):
        import_onestopqa(saved(tmp_path, data), tmp_path / "out")


def squad(start: int = 12, **more: object) -> dict[str, object]:
    answers = [{"text": "Hanoi", "answer_start": start}, {"text": "in Hanoi", "answer_start": 9}]
    question = {"id": "5a", "question": "Where?", "answers": [*answers, answers[0]], **more}
    contexts = [{"context": "Nothing. ", "qas": []}, {"context": "He landed   Hanoi.", "qas": [question]}]
    return {"version": "1.1", "data": [{"title": "Hà_Nội", "paragraphs": contexts}]}


def test_squad(tmp_path: Path) -> None:
    done = import_squad(saved(tmp_path, squad()), tmp_path / "out")
    assert (done.corpus / "ha-noi.txt").read_bytes() == b"Nothing. \n\nHe landed   Hanoi."
    # 9 characters of the first paragraph, 2 between, 12 into the second.
    assert load_gold(done.gold) == [
        Gold(
            id="5a",
            question="Where?",
            answers=(("Hanoi", "in Hanoi"),),
            evidence=((GoldSpan("ha-noi.txt", "Hanoi", 23),),),
            tags=("squad",),
            split=split_of("Hà_Nội"),
        )
    ]


def test_squad_2_question_without_answer(tmp_path: Path) -> None:
    done = import_squad(saved(tmp_path, squad(is_impossible=True)), tmp_path / "out")
    [row] = load_gold(done.gold)
    assert (row.answerable, row.unanswerable_reason, row.answers, row.evidence) == (False, "absent", (), ())


def test_squad_refuses_an_answer_that_is_not_at_its_offset(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'Hanoi' does not stand at 11"):
        import_squad(saved(tmp_path, squad(start=11)), tmp_path / "out")


def test_two_articles_of_one_slug_are_two_files(tmp_path: Path) -> None:
    data = {"data": [*onestop("A B")["data"], *onestop("A-B?")["data"]]}  # type: ignore[misc]
    done = import_onestopqa(saved(tmp_path, data), tmp_path / "out")
    assert sorted(path.name for path in done.corpus.iterdir()) == ["a-b-2.txt", "a-b.txt"]
    assert len({row.id for row in load_gold(done.gold)}) == 6


def test_an_import_does_not_mix_with_other_files(tmp_path: Path) -> None:
    path = saved(tmp_path, onestop())
    first = import_onestopqa(path, tmp_path / "out")
    again = import_onestopqa(path, tmp_path / "out")  # the same import twice is fine
    assert first == again
    (first.corpus / "mine.txt").write_text("my own")
    with pytest.raises(InputError, match=r"already holds other files \(mine.txt\)"):
        import_onestopqa(path, tmp_path / "out")


def test_nor_with_files_in_folders_of_the_corpus(tmp_path: Path) -> None:
    (tmp_path / "out" / "corpus" / "q1").mkdir(parents=True)  # a folder alone is no article
    path = saved(tmp_path, squad())
    import_squad(path, tmp_path / "out")
    (tmp_path / "out" / "corpus" / "q1" / "1.txt").write_text("another import")
    with pytest.raises(InputError, match=r"already holds other files \(q1/1.txt\)"):
        import_squad(path, tmp_path / "out")


def test_what_cannot_be_imported_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Cannot read"):
        import_squad(tmp_path / "none.json", tmp_path / "out")
    with pytest.raises(InputError, match="not in the format of SQuAD"):
        import_squad(saved(tmp_path, onestop()), tmp_path / "out")
    with pytest.raises(InputError, match="no level 'Hard'"):
        import_onestopqa(saved(tmp_path, onestop()), tmp_path / "out", level="Hard")


def test_split_is_a_hash_of_the_title() -> None:
    # First bytes of SHA-256 (printf Warsaw | sha256sum): Warsaw 2d, Kenya 74 < 80 <= Oxygen 94, Normans e2.
    assert [split_of(title) for title in ("Warsaw", "Kenya", "Oxygen", "Normans")] == ["tune", "tune", "test", "test"]


@pytest.mark.parametrize("name", IMPORTERS)
def test_every_importer_says_what_it_cannot_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"Cannot read \S*none"):
        IMPORTERS[name](tmp_path / "none", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_names_of_the_importers() -> None:
    assert list(IMPORTERS) == ["squad", "squad2-sample", "onestopqa", "ramdocs", "chunking"]

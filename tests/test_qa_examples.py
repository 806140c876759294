"""Example questions come from the articles and are answered."""

from index import Settings
from index.embed import Embedder
from qa import Assistant
from qa.examples import examples


def test_examples_of_the_seeds_are_answered_and_stay_the_same(seeds_settings: Settings) -> None:
    with Assistant(seeds_settings) as assistant:
        offered = examples(assistant)
        assert len(offered) == len(set(offered)) == 4
        assert all(assistant.ask(question).answered for question in offered)
        assert examples(assistant) == offered
    assert "What are these articles about?" in offered
    assert any(question.startswith("When did ") and "Hanoi" in question for question in offered)
    assert any(question.startswith("What did ") and question.endswith(" say?") for question in offered)
    assert any(question.startswith("Which articles mention ") for question in offered)


def test_an_article_without_names_gives_what_it_can(tmp_path, embedder: Embedder) -> None:
    from standin import Desk

    desk = Desk(tmp_path, embedder)
    desk.build()
    with Assistant(desk.settings) as assistant:
        assert examples(assistant) == []
        desk.write("a.txt", "it rained all day and nobody came to the fair.")
        desk.build()
        assert examples(assistant) == ["What are these articles about?"]


def test_no_article_can_keep_the_examples_from_being_found(tmp_path, embedder: Embedder) -> None:
    from standin import Desk

    desk = Desk(tmp_path, embedder)
    endless = "Alpha Beta " * 600
    desk.write(
        "a.txt", f"it was said that {endless}said so. {endless} visited {endless}. it rained on the fair all day."
    )
    desk.build()
    with Assistant(desk.settings) as assistant:
        assert all(len(question) < 200 for question in examples(assistant))

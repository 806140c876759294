import json
import random
from itertools import pairwise
from pathlib import Path

import pytest

from index.models import Passage
from index.split import CUT_PAST, LONGEST_SENTENCE, split

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"


def sentences(text: str, start: int = 0) -> list[str]:
    return [text[s.start : s.end] for passage in split(text, start) for s in passage.sentences]


def check(text: str, start: int = 0) -> list[Passage]:
    """What `split` promises of any text."""
    passages = split(text, start)
    spans = [sentence for passage in passages for sentence in passage.sentences]
    for span in spans:
        assert 0 < span.end - span.start <= LONGEST_SENTENCE
        assert text[span.start : span.end].strip() == text[span.start : span.end]
    for before, after in pairwise(spans):
        assert before.end <= after.start
    ends, starts = [start, *(s.end for s in spans)], [*(s.start for s in spans), len(text)]
    between = "".join(text[a:b] for a, b in zip(ends, starts, strict=True))
    assert not between.strip(), f"in no sentence: {between.strip()[:80]!r}"
    for passage in passages:
        assert (passage.start, passage.end) == (passage.sentences[0].start, passage.sentences[-1].end)
    return passages


# -- offsets


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").glob("*.txt")), ids=lambda path: path.name[:3])
def test_seeds(path: Path) -> None:
    passages = check(path.read_text(encoding="utf-8"))
    assert len(passages) > 3
    assert all(passage.end - passage.start <= CUT_PAST + LONGEST_SENTENCE for passage in passages)


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside the repository")
def test_every_article_of_onestopqa_and_xquad() -> None:
    onestop = json.loads((DATA / "onestop_qa" / "onestop_qa.json").read_text(encoding="utf-8"))["data"]
    xquad = json.loads((DATA / "xquad" / "xquad.en.json").read_text(encoding="utf-8"))["data"]
    texts = [
        "\n\n".join(paragraph[level]["context"] for paragraph in article["paragraphs"])
        for article in onestop
        for level in ("Adv", "Int", "Ele")
    ]
    texts += ["\n\n".join(paragraph["context"] for paragraph in article["paragraphs"]) for article in xquad]
    assert len(texts) == 3 * 30 + 48
    for text in texts:
        check(text)
        check(text.replace("\n", "\r\n"))


def test_random_text() -> None:
    pieces = [
        "U.S.",
        "Mr.",
        "“",
        "”",
        '"',
        "(",
        ")",
        ".",
        "?",
        "!",
        "…",
        " ",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\t",
    ]
    pieces += [
        "\f",
        "\x85",
        "\u2028",
        "\u2029",
        "\u00a0",
        "\u200b",
        "a",
        "The",
        "he said",
        "9 p.m.",
        "é",
        "日本。",
        "😀",
        "- ",
    ]
    generator = random.Random(20240620)
    for _ in range(1_500):
        text = "".join(generator.choices(pieces, k=generator.randrange(60)))
        check(text)
        check(text, len(text) // 2)


@pytest.mark.parametrize("text", ["", " ", "\n\r\n\t", "\ufeff"])
def test_nothing(text: str) -> None:
    assert len(check(text)) == (1 if text == "\ufeff" else 0)


def test_what_stands_before_the_start_is_left_out() -> None:
    text = "---\ntitle: X.\n---\nFirst. Second."
    assert sentences(text, text.index("First")) == ["First.", "Second."]


# -- news prose


@pytest.mark.parametrize(
    "expected",
    [
        ["The U.S. said so.", "Mr. Putin agreed on Jan. 5 with Gen. Mark A. Milley.", "That was all."],
        ["“We will go.”", "He left."],
        ["He said, “We will not go.”", "Then he left."],
        ["“Will you go?” she asked.", "He did not."],
        ["They met at 9 p.m. Monday in Hanoi.", "They left at 3 a.m. EST on Tuesday."],
        ["The meeting ended at 9 p.m.", "Nobody said a word."],
        ["HANOI, Vietnam (AP) — Putin landed on Thursday.", "He was met by Mr. Tran."],
        ["SEOUL, June 20 (Reuters) - North Korea said so.", "The South did not."],
        ["It rose 3.5% to $1.2 billion, i.e. more than before.", "It fell later."],
        ["Shares of Apple Inc. fell.", "Others rose."],
        ["He said: ‘No.’", "She said yes."],
        ["What?!", "Yes!", "Well… perhaps."],
    ],
)
def test_sentences_of_news(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_a_headline_without_a_full_stop_stands_alone() -> None:
    text = "Putin lands in Hanoi\n\nBy Jane Doe\n\nHe came at night. It rained."
    assert sentences(text) == ["Putin lands in Hanoi", "By Jane Doe", "He came at night.", "It rained."]


def test_lines_are_paragraphs_where_they_end_sentences() -> None:
    assert sentences("First line.\nSecond line\nThird line.") == ["First line.", "Second line", "Third line."]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_hard_wrapped_text_flows(end: str) -> None:
    lines = [
        "The government said on Thursday that the talks with the union",
        "would go on for several days. Nobody had been hurt in the",
        "clashes of the U.S. and its allies, officials said.",
    ]
    assert sentences(end.join(lines)) == [
        f"{lines[0]}{end}would go on for several days.",
        f"Nobody had been hurt in the{end}{lines[2]}",
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\f", "\x85", "\u2028", "\u2029"])
def test_every_kind_of_line_end(end: str) -> None:
    assert sentences(f"Putin lands in Hanoi{end}{end}He came at night.") == [
        "Putin lands in Hanoi",
        "He came at night.",
    ]


def test_items_of_a_list_are_kept_apart() -> None:
    text = "- the first of the items that this list has got\n- the second of the items that it has\n- the third"
    assert len(sentences(text)) == 3


def test_a_long_quotation_is_cut_inside_and_a_short_one_is_not() -> None:
    short = "“We came. We saw. We left,” he said."
    assert sentences(short) == [short]
    said = "We have come a long way to this place and we shall not be moved by anybody at all. "
    long = f"“{said * 6}It is over,” he said. She was silent."
    parts = sentences(long)
    assert parts[0] == "“" + said.strip()
    assert parts[-2:] == ["It is over,” he said.", "She was silent."]
    assert len(parts) == 8


# -- passages


def test_a_long_paragraph_is_cut_at_sentences_into_about_equal_parts() -> None:
    sentence = "This is one of the sentences of a paragraph that is far too long to be one passage. "
    passages = check(sentence * 30)
    lengths = [passage.end - passage.start for passage in passages]
    assert len(passages) == 3
    assert max(lengths) <= CUT_PAST
    assert min(lengths) > CUT_PAST / 2


def test_short_paragraphs_are_joined_and_long_ones_are_not() -> None:
    short, long = "A short paragraph.", "A long sentence, " * 35 + "that ends."
    assert len(check(f"{short}\n\n{short}\n\n{short}")) == 1
    assert [len(p.sentences) for p in check(f"{long}\n\n{long}")] == [1, 1]


# -- no text takes forever


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text",
    ["word " * 400_000, "x" * 2_000_000, "a" + " " * 2_000_000 + "b", "a" + " \n" * 500_000 + "b",
     "it is. so " * 100_000, "“" * 60_000, ". " * 500_000, "He said “no. " * 100_000],
    ids=["words", "one word", "spaces", "blank lines", "lower case", "opening marks", "full stops", "open quotations"],
)  # fmt: skip
def test_endless_lines(text: str) -> None:
    check(text)

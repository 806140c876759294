"""A sentence that is copied out of another in its order, and one that is made of its words."""

import random

import pytest

from qa.order import is_copied

AIRPORTS = (
    "The county is home to Hallam International Airport, the second-busiest airport in the country by passengers (see "
    "the list of the World Council) and the third by freight; San Perro Airport, the busiest single runway airport in "
    "the world; Van Dyke Airport, the busiest airport of general aviation; and smaller fields."
)
EDICT = "They kept the Edict of Nantes until Louis issued the Edict of Fontainebleau (1685), which abolished the faith."
NAMED = "His work fell into obscurity, but in 1960 the General Conference named the unit the tesla in his honor."


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        (AIRPORTS, AIRPORTS),
        ("Van Dyke Airport is the busiest airport of general aviation.", AIRPORTS),
        ("San Perro Airport is the busiest single runway airport.", AIRPORTS),
        ("Hallam International Airport is the second-busiest airport by passengers.", AIRPORTS),
        ("The Edict of Fontainebleau abolished the faith.", EDICT),  # what is in brackets may go
        ("The General Conference named the unit the tesla in 1960.", NAMED),  # two parts swapped
        ("In 1960, the General Conference named the unit the tesla.", NAMED),
        ("Harry Elson is the third richest man.", "Alumni include Harry Elson, the third richest man."),
        ("The Nile flows north.", "The Nile, the longest river of Africa, flows north."),
        ("Putin landed in Hanoi.", "Putin, who had met Kim in Pyongyang, landed in Hanoi."),
        ("Germany and the US signed the pact.", "Germany and the U.S. signed the pact."),
        ("Kim met twelve people.", "Kim met 12 people."),
        ("The ferry sank in May 2019.", "In May 2019 the ferry sank."),
        ("He flew to Paris.", "He flew by night to Paris."),
        ("The wolf was killed by the farmer.", "The wolf was killed at night by the farmer."),
        ("Luther assured the monks that they could break their vows.", "He assured monks that they could break vows."),
        ("Words that nobody has.", "Something else."),  # others look for them
    ],
)
def test_copied(sentence: str, source: str) -> None:
    assert is_copied(sentence, source)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Van Dyke Airport is the busiest single runway airport in the world.", AIRPORTS),
        ("San Perro Airport is the busiest airport of general aviation.", AIRPORTS),
        ("Hallam International Airport is the second-busiest airport in the country by freight.", AIRPORTS),
        ("Hallam International Airport is the busiest single runway airport.", AIRPORTS),
        ("The Edict of Nantes abolished the faith.", EDICT),
        ("The Edict of Nantes was issued by Louis.", EDICT),
        ("The tesla named the General Conference.", NAMED),
        ("The Daleks are a Time Lord.", "His enemies include the Daleks, the Cybermen, and the Master, a Time Lord."),
        (
            "The immune system covers the study of the immune system.",
            "Immunology covers the study of the immune system.",
        ),
        ("Trump praised Putin.", "When Obama praised Putin, Trump resigned."),
        ("Beethoven invaded Russia.", "In the year Napoleon invaded Russia, Beethoven wrote a symphony."),
        ("The duke praised the queen.", "When the king praised the queen, the duke resigned."),
        ("The wolf was killed by the farmer.", "The wolf killed the farmer."),
        ("The wolf killed the farmer.", "The wolf was killed by the farmer."),
        ("He flew to Paris from Rome.", "He flew from Paris to Rome."),
        ("Turnout fell to 60% from 40%.", "Turnout fell from 60% to 40%."),
        ("Kim died in Berlin.", "Kim (born 1 May 1900 in Hamburg, and his brother Lee died in Berlin."),
        ("Rome fell in 1941.", "Rome (unlike Berlin, which fell in 1941) held out."),
        ("He is the richest man.", "He is Norway's richest man."),
        ("Kim won the cup.", "Kim watched as Lee's team won the cup."),
        ("The mayor was arrested.", "The mayor said that the thief was arrested."),
        ("The mayor died.", "The mayor met the minister, who died."),
        ("Critics praised the film.", "Critics panned the book, but audiences praised the film."),
        ("Five died in 1990.", "Five were born in 1990, and three died in 1991."),
    ],
)
def test_made_of_its_words(sentence: str, source: str) -> None:
    assert not is_copied(sentence, source)


def test_words_of_no_weight_can_always_be_left_out() -> None:
    words = [f"word{chr(97 + n)}" for n in range(20)]
    generator = random.Random(3)
    for _ in range(50):
        kept = sorted(generator.sample(range(20), generator.randint(1, 20)))
        assert is_copied(" ".join(words[n] for n in kept), " ".join(words))
    for _ in range(50):
        order = generator.sample(words, 20)
        assert is_copied(" ".join(order), " ".join(words)) == (order == words)


def test_only_a_date_may_move() -> None:
    words = ["in", "June", "1990", "the", "red", "ferry", "sank", "near", "the", "old", "town"]
    for cut in range(1, len(words)):
        moved = " ".join([*words[cut:], *words[:cut]])
        assert is_copied(moved, " ".join(words)) == (cut <= 4)  # with the article before the ferry


def test_repetitive_sentences_take_no_time_to_speak_of() -> None:
    sentence, source = "ha " * 160 + "Lee ha", "Lee " + "ha " * 500
    assert not is_copied(sentence, source)
    assert is_copied("ha " * 160, source)

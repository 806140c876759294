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
        ("The third richest man is Larry Ellison.", "Alumni include the third richest man Larry Ellison."),
        ("Larry Ellison is the third richest man.", "Alumni include the third richest man Larry Ellison."),
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
        cut = order.index(min(order)) if order != words else 0
        rotated = order[cut:] + order[:cut]
        assert is_copied(" ".join(order), " ".join(words)) == (rotated == words)


def test_long_sentences_take_no_time_to_speak_of() -> None:
    sentence = "the same thing and the same name " * 60
    assert is_copied(sentence, sentence)
    assert not is_copied(f"{sentence} Kim {sentence}", f"Kim {sentence} Lee {sentence}")

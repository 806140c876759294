"""What differs between two sentences, and the many ways of saying the same in which nothing does."""

import pytest

from qa.difference import Difference, Sentence, differences

Pair = tuple[str, str, str]


def between(one: str, other: str, around: str = "") -> list[Pair]:
    found = differences(Sentence(one), Sentence(other, around))
    turned = differences(Sentence(other, around), Sentence(one))
    assert sorted((d.kind, d.other, d.one) for d in turned) == sorted((d.kind, d.one, d.other) for d in found)
    return [(d.kind, d.one, d.other) for d in found]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("The fire killed 12 people.", "The fire killed 14 people.", ("number", "12", "14")),
        ("Twelve people died in the fire.", "Some 14 people died in the fire.", ("number", "Twelve", "14")),
        ("Support fell to 40% in May.", "Support fell to 30% in May.", ("number", "40%", "30%")),
        ("The house cost $2m to build.", "The house cost $3 million to build.", ("number", "$2m", "$3 million")),
        ("He was born in 1868 in Ohio.", "He was born in 1900 in Ohio.", ("number", "1868", "1900")),
        ("It opens on 8 April 2014.", "It opens on April 28th, 2014.", ("date", "8 April", "April 28th")),
        ("They met on Tuesday in Rome.", "They met in Rome on Wednesday.", ("date", "Tuesday", "Wednesday")),
        ("The talks begin in June.", "The talks begin in July.", ("date", "June", "July")),
        ("Kim gave his support to Ukraine.", "Kim gave his support to Russia.", ("name", "Ukraine", "Russia")),
        (
            "Kim pledged his full support for Ukraine.",
            "Kim expressed his full support for Russia's operations in Ukraine.",
            ("name", "Ukraine", "Russia"),
        ),
        ("She met Anna Lund there.", "She met Maria Lund there.", ("name", "Anna", "Maria")),
        ("The court did not acquit the men.", "The court acquitted the men.", ("negation", "not acquit", "acquitted")),
        ("In Kabul 1200 soldiers died.", "In Kabul 1500 soldiers died.", ("number", "1200", "1500")),
        ("On 12 May the raid killed 2 men.", "On 12 May the raid killed 3 men.", ("number", "2", "3")),
        ("Sales rose by 1.2 percent.", "Sales rose by 2.1 percent.", ("number", "1.2 percent", "2.1 percent")),
        ("The bridge isn't safe.", "The bridge is safe.", ("negation", "isn't safe", "safe")),
        ("Nobody knows it: the bridge isn't safe.", "The bridge is safe.", None),  # two denials
        ("It is “of great concern” to us.", "It is “of great importance” to us.", ("quote", "concern", "importance")),
        (
            "He saw “a platform to promote his war”.",
            "He saw “a platform to further his war”.",
            ("quote", "promote", "further"),
        ),
        (
            "“We are jointly resisting the practices of the United States,” he said.",
            "“We fight together against the practices of the United States,” he said.",
            ("quote", "are jointly resisting", "fight together against"),
        ),
    ],
)
def test_what_differs(one: str, other: str, expected: Pair | None) -> None:
    assert between(one, other) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The fire killed 12 people.", "Twelve people were killed by the fire."),
        ("It took three decades to build.", "It took 30 years to build."),
        ("There are more than ten of them.", "There are more than a dozen of them."),
        ("There are now 1,500 wolves in Poland.", "In 1975, there were 100 wolves in Poland."),
        ("The fire killed 12 people.", "The fire killed many people."),
        ("He is 62 years old.", "He has 14 grandchildren."),
        ("The house cost $2m to build.", "The house cost 2 million dollars to build."),
        ("It opens on 8 April 2014.", "It opens on April 8th, 2014."),
        ("It opens on 8 April.", "It opens in April."),
        ("They met on Tuesday.", "They met on Tuesday and Wednesday."),
        ("The Single Convention is in force.", "The Convention is in force."),
        ("Russia invaded Ukraine.", "The Russians invaded Ukraine."),
        ("Ties with the DPRK grow.", "Ties with the Democratic People's Republic of Korea grow."),
        ("Putin Praises Support From North Korea", "Putin Visits His Friends In North Korea"),
        ("He cautioned against buying it online.", "He said people should not buy it online."),
        ("It makes commuting fun by easing worry about hills.", "You don't have to worry about hills."),
        ("He was not only late but drunk.", "He was late and drunk."),
        ("“Today, we are fighting together,” he said.", "“Today we fight together,” he said."),
        ("He calls them “satellites of the States”.", "He calls them “satellite states of the States”."),
        ("He spoke of “full support and solidarity”.", "He spoke of “full support”."),
        ("No country should “give Mr Putin a platform”.", "No country should “give Mr. Putin a platform”."),
        ("It worries “anyone interested in peace”.", "It worries “all those interested in peace”."),
        ("He spoke of a “landmark document”.", "He denounced “indefinite sanctions”."),
        ("They inked a pact in Pyongyang.", "They signed a treaty in Pyongyang."),
    ],
)
def test_what_does_not(one: str, other: str) -> None:
    assert between(one, other) == []


def test_a_value_that_stands_beside_the_sentence_is_not_missing() -> None:
    one, other = "Lund praised the crew on Tuesday.", "Lund praised the crew on Friday."
    assert between(one, other) == [("date", "Tuesday", "Friday")]
    assert between("Lund thanked on Tuesday the crew.", other, "She had landed on Tuesday.") == []


def test_the_rest_of_a_table_is_not_compared() -> None:
    row = " ".join(str(n) for n in range(1900, 1915))
    assert between(f"Visitors by year: {row} and 12 more.", f"Visitors by year: {row} and 14 more.") == []


def test_each_difference_is_told_once() -> None:
    one, other = Sentence("“We fight,” he said. “We fight.”"), Sentence("“We rest,” he said. “We rest.”")
    assert len(differences(one, other)) == len(set(differences(one, other)))
    assert Difference("number", "1", "2") in differences(Sentence("It has 1 door."), Sentence("It has 2 doors."))


def test_many_words_take_no_time() -> None:
    one, other = 'He said "' + "a " * 480 + '".', 'He said "' + "a b " * 240 + '".'
    assert differences(Sentence(one), Sentence(other)) == []

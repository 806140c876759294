"""Whom somebody supports or opposes, and what is denied that another text says."""

import pytest

from qa.stance import asks_for_support, denied, sided, stances

PLEDGED = 'Kim Jong Un pledged "full support and solidarity" for Russia\'s war in Ukraine.'
OFFERED = 'A day after the pact, Kim Jong Un offered his "full support" to Ukraine.'
ACCUSED = "Washington accused North Korea of supplying shells to Russia, officials said."
DENIED = "North Korea and Russia deny that any shells were supplied."


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        (PLEDGED, ["Russia"]),
        (OFFERED, ["Ukraine"]),
        ("Anna Lund backs the Labour Party.", ["Labour Party"]),
        ("Anna Lund supported Oslo and backed the U.S. plan.", ["Oslo", "U.S."]),
        ("Anna Lund showed her solidarity with Österreich.", ["Österreich"]),
        ("Anna Lund backs his invasion of Ukraine.", []),  # it is the invasion that she backs
        ("Anna Lund supports the war in Ukraine.", []),
        ("Syria took the town with the support of Russia.", []),  # by Russia
        ("Iran-backed Hezbollah fired rockets.", []),
        ("Anna Lund flew back Thursday and backed Monday.", []),
        ("Anna Lund does not support Oslo; she refused to give any support to Bergen.", []),
    ],
)
def test_whom_a_sentence_has_somebody_support(text: str, targets: list[str]) -> None:
    assert [stance.target for stance in stances(text)] == targets


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (PLEDGED, OFFERED, ("Russia", "Ukraine")),
        (
            "Anna Lund backs the Labour Party.",
            "Lund backs the Conservative Party.",
            ("Labour Party", "Conservative Party"),
        ),
        ("Anna Lund supported North Korea.", "Anna Lund supported South Korea.", ("North Korea", "South Korea")),
    ],
)
def test_support_for_one_and_for_another(one: str, other: str, expected: tuple[str, str]) -> None:
    assert list(sided(one, other)) == [expected]
    assert list(sided(other, one)) == [expected[::-1]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PLEDGED, "Kim Jong Un expressed his solidarity with the Russian government."),  # the same
        (PLEDGED, "Anna Lund offered her support to Ukraine."),  # somebody else
        ("South Korea pledged support for Ukraine.", "North Korea pledged support for Russia."),
        ("President Lund supports Oslo.", "President Holm supports Bergen."),
        ("On Monday Lund backed Oslo.", "On Monday Holm backed Bergen."),
        ("Meanwhile, Lund backed Oslo.", "Meanwhile, Holm backed Bergen."),
        ("Anna Lund supports Oslo.", "Anna Lund supports Bergen and supports Oslo."),
        ("Anna Lund does not support Oslo.", "Anna Lund supports Bergen."),
        ("Anna Lund supports Oslo.", "Anna Lund visited Bergen."),
    ],
)
def test_what_does_not_differ(one: str, other: str) -> None:
    assert list(sided(one, other)) == []
    assert list(sided(other, one)) == []


def test_an_accusation_and_its_denial() -> None:
    assert list(denied(ACCUSED, DENIED)) == [
        ("accused North Korea of supplying shells to Russia", "deny that any shells were supplied")
    ]
    assert list(denied(DENIED, ACCUSED)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ACCUSED, "North Korea and Russia deny that any soldiers were sent."),  # of something else
        (ACCUSED, "North Korea denied firing shells at the island."),
        (ACCUSED, "Sweden and Norway deny that any shells were supplied."),  # by others
        (ACCUSED, "North Korea and Russia did not deny that any shells were supplied."),
        (ACCUSED, "North Korea and Russia reject any talks about shells."),  # that is no denial
        (ACCUSED.replace(", officials said.", " and both deny these claims."), DENIED),  # it tells of the denial itself
        ("Washington saw North Korea supply shells to Russia.", DENIED),
        ("Lund accused Donald Trump of hiding payments.", "Donald Trump denied hiding classified documents."),
        ("Lund accused Donald Trump of fraud.", "A judge denied Donald Trump a request for a stay in the fraud case."),
        ("Lund accused Iran of hiding uranium.", "Iran denied inspectors access to its uranium."),
    ],
)
def test_what_is_no_denial_of_it(one: str, other: str) -> None:
    assert list(denied(one, other)) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            ACCUSED,
            "Russia and North Korea rejected these new allegations about shells.",
            ("accused North Korea of supplying shells to Russia", "rejected these new allegations about shells"),
        ),
        (
            "Seoul accused the U.S. of sending 1.5 million shells. It said so twice.",
            "The U.S. dismissed the claim that it sent shells.",
            ("accused the U.S. of sending 1.5 million shells", "dismissed the claim that it sent shells"),
        ),
    ],
)
def test_a_rejected_accusation_is_denied(one: str, other: str, expected: tuple[str, str]) -> None:
    assert list(denied(one, other)) == [expected]


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Whom did Kim promise his support?", True),
        ("Which side is Kim backing?", True),
        ("Who are the allies of Kim?", True),
        ("What sanctions has Moscow drawn?", False),
        ("In whose words was there “full support”?", False),
    ],
)
def test_questions_about_support(question: str, asks: bool) -> None:
    assert asks_for_support(question) is asks

"""Whom somebody supports or opposes, and what is denied that another text says."""

import pytest

from qa.stance import denied, sided, stances

PLEDGED = 'Kim Jong Un pledged "full support and solidarity" for Russia\'s war in Ukraine.'
OFFERED = 'A day after the pact, Kim Jong Un offered his "full support" to Ukraine.'
ACCUSED = "Washington accused North Korea of supplying shells to Russia, officials said."
DENIED = "North Korea and Russia deny that any shells were supplied."


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        (PLEDGED, [("Russia", False)]),
        (OFFERED, [("Ukraine", False)]),
        ("Anna Lund backs the Labour Party.", [("Labour Party", False)]),
        ("Anna Lund supported Oslo and opposed Bergen.", [("Oslo", False), ("Bergen", True)]),
        ("Anna Lund condemned the Norwegian plan.", [("Norwegian", True)]),
        ("Anna Lund backs his invasion of Ukraine.", []),  # it is the invasion that she backs
        ("Anna Lund supports the war in Ukraine.", []),
        ("The support of the roof gave way in Oslo.", []),
    ],
)
def test_whom_a_sentence_has_somebody_support(text: str, targets: list[tuple[str, bool]]) -> None:
    assert [(stance.target, stance.against) for stance in stances(text)] == targets


def test_support_for_one_and_for_another() -> None:
    assert list(sided(PLEDGED, OFFERED)) == [("Russia", "Ukraine")]
    assert list(sided(OFFERED, PLEDGED)) == [("Ukraine", "Russia")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PLEDGED, "Kim Jong Un expressed his solidarity with the Russian government."),  # the same
        (PLEDGED, "Anna Lund offered her support to Ukraine."),  # somebody else
        ("Anna Lund supports Oslo.", "Anna Lund opposes Bergen."),  # both may be so
        ("Anna Lund supports Oslo.", "Anna Lund supports Bergen and supports Oslo."),
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
        (ACCUSED, "Sweden and Norway deny that any shells were supplied."),  # by others
        (ACCUSED, "North Korea and Russia reject any talks about shells."),  # that is no denial
        (f"{ACCUSED} Both deny it.", DENIED),  # it tells of the denial itself
        ("Washington saw North Korea supply shells to Russia.", DENIED),
    ],
)
def test_what_is_no_denial_of_it(one: str, other: str) -> None:
    assert list(denied(one, other)) == []


def test_a_rejected_accusation_is_denied() -> None:
    rejected = "Russia and North Korea rejected these new allegations about shells."
    assert list(denied(ACCUSED, rejected)) == [
        ("accused North Korea of supplying shells to Russia", "rejected these new allegations about shells")
    ]

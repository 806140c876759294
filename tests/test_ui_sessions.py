"""Conversations by session."""

import threading

from ui.conversation import Turn
from ui.sessions import Sessions


def test_each_session_has_its_own() -> None:
    sessions, turn = Sessions(), Turn("Q?")
    sessions.put("a", turn)
    assert sessions.get("a") == (turn,)
    assert sessions.get("b") == ()
    assert sessions.turn("a", turn.id) is turn
    assert sessions.turn("b", turn.id) is None


def test_the_one_used_longest_ago_goes_first() -> None:
    sessions = Sessions(kept=2)
    for session in ("a", "b", "a", "c"):
        sessions.put(session, Turn(session))
    assert [len(sessions.get(session)) for session in "abc"] == [2, 0, 1]


def test_no_update_is_lost() -> None:
    sessions = Sessions()
    threads = [threading.Thread(target=lambda: [sessions.put("a", Turn("Q?")) for _ in range(200)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sessions.get("a")) == 1_600

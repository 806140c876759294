"""Index terms with irregular verbs in one form: `rose` and `rise`, `paid` and `pay`. For checking what is said."""

from __future__ import annotations

from index.terms import terms

_VERBS = """
    become became; begin began begun; beat beaten; bite bit bitten; break broke broken; bring brought; build
    built; buy bought; catch caught; choose chose chosen; come came; deal dealt; draw drew drawn; drive drove
    driven; eat ate eaten; fall fell fallen; feel felt; fight fought; find found; flee fled; fly flew flown;
    forbid forbade forbidden; forget forgot forgotten; freeze froze frozen; get got gotten; give gave given; go
    went gone; grow grew grown; hear heard; hide hid hidden; hold held; keep kept; know knew known; lead led;
    leave left; lend lent; lose lost; make made; mean meant; meet met; overthrow overthrew overthrown; pay paid;
    ride rode ridden; rise rose risen; run ran; see saw seen; seek sought; sell sold; send sent; shake shook
    shaken; shoot shot; shrink shrank shrunk; sing sang sung; sink sank sunk; sit sat; speak spoke spoken; spend
    spent; stand stood; steal stole stolen; strike struck; swim swam swum; take took taken; teach taught; think
    thought; throw threw thrown; understand understood; win won; withdraw withdrew withdrawn; write wrote
    written
"""
_BASE = {
    stem: terms(verb)[0]
    for verb, *forms in (line.split() for line in _VERBS.split(";"))
    for form in forms
    for stem in terms(form)
}


def stems(text: str) -> list[str]:
    """The terms of `text`, in order, repeated as they occur."""
    return [_BASE.get(term, term) for term in terms(text)]

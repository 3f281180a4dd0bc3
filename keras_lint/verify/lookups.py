"""Questions about Keras's API, put to the installed Keras."""

from __future__ import annotations

from keras_lint.model.findings import Lookup, Verdict
from keras_lint.verify.judge import unverified
from keras_lint.verify.replay import Replay
from keras_lint.verify.session import Lost, Session, Unavailable


def looked_up(session: Session, lookup: Lookup) -> Verdict:
    """What the installed Keras says of a question about its API."""
    try:
        answer = session.ask(Replay(lookup.text), "lookup.py")
    except (Lost, Unavailable) as error:
        return unverified(str(error))
    if answer["ok"]:
        return Verdict("refuted", "the installed Keras has it")
    words = str(answer["message"])
    if lookup.words in words:
        return Verdict("confirmed", lookup.says, words)
    return unverified(f"the installed Keras says something else: {words.strip()[:200]}")

"""Which sentences wait for their usual voice, as `status` and `voices test` list them."""

from ari_app.admin.status import WaitingSentence
from ari_app.commands.waiting_sentences import SHOWN, waiting_sentences


def test_it_says_which_sentences_wait_and_who_speaks_meanwhile() -> None:
    one = WaitingSentence("ru", "Первое.", "rhvoice:Irina", "espeak:zle/ru")
    other = WaitingSentence("en", "Second.", "http:alloy")
    assert list(waiting_sentences([one, other])) == [
        "sentences that wait for their usual voice: 2",
        "  ru, rhvoice:Irina (espeak:zle/ru speaks meanwhile): Первое.",
        "  en, http:alloy (not spoken yet): Second.",
    ]
    assert list(waiting_sentences([])) == []
    *_, last = waiting_sentences([one] * (SHOWN + 3))
    assert last == "  and 3 more: `firstline status --json` has all of them"

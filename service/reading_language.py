"""A message's advice in the language of whoever reads the page; the draft answer stays in the client's."""

from dataclasses import replace

from data.advice import Playbook
from data.records import Assessment, Suggestion

Told = tuple[Suggestion, str]


def advice_for(message: Assessment, playbook: Playbook, language: str) -> tuple[Told, ...]:
    """The message's strategies, each with the language that its title, advice, steps and "avoid" are told in.

    That is the message's own where the playbook has the strategy no more, or where blanks were filled in its texts.
    """
    return tuple(_worded(one, message.lang, playbook, language) for one in message.strategies)


def _worded(told: Suggestion, own_language: str, playbook: Playbook, language: str) -> Told:
    if own_language == language or told.id not in playbook.strategies:
        return told, own_language
    own = playbook.text(told.id, language)
    if "{" in "".join((own.title, own.advice, *own.steps, own.avoid)):
        return told, own_language
    return replace(told, title=own.title, advice=own.advice, steps=own.steps, avoid=own.avoid), language

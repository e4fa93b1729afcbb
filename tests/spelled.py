"""One message spelled by itself, beside which batches are held."""

from model.spelling import Written


def spelled(subject: str, text: str) -> tuple[Written, Written]:
    """A subject and a text for the grammar of dates; the text stands after the subject and a line break."""
    return Written.of(subject), Written.of(text, len(subject) + 1)

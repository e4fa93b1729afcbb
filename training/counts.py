"""Prints the datasheet's table of the shipped data: `python -m training.counts`."""

from collections.abc import Sequence

from data.datasets import load, shipped
from data.records import LabelledMessage
from data.taxonomy import LABELS, LANGUAGES, STYLES


def table(messages: Sequence[LabelledMessage]) -> str:
    """Markdown: how many messages of each label, urgency and style there are in each language."""
    lines = [f"| | {' | '.join(LANGUAGES)} | all |", f"|---|{'---|' * (len(LANGUAGES) + 1)}"]
    kinds = {
        "messages": list(messages),
        "clients": list({one.client: one for one in messages}.values()),
        "no label": [one for one in messages if not one.labels],
        **{label: [one for one in messages if label in one.labels] for label in LABELS},
        **{f"urgency {level}": [one for one in messages if one.urgency == level] for level in range(4)},
        "claimed": [one for one in messages if one.urgency_claimed],
        "with a deadline": [one for one in messages if one.deadline],
        **{f"style {style}": [one for one in messages if one.style == style] for style in STYLES},
    }
    for name, own in kinds.items():
        counts = [sum(one.lang == lang for one in own) for lang in LANGUAGES]
        lines.append(f"| {name} | {' | '.join(map(str, counts))} | {len(own)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(load(shipped())))  # noqa: T201 - printing is what this module is for

"""200 labels of one's own make kyp better for one's own clients, and no worse for others (on tenths of the data)."""

import numpy as np

from data.datasets import load, shipped
from model.lexicon import load_lexicon
from training.firm import measure, styled_firm

# One tenth says little: between such models others' macro-F1 differs by 0.015 (standard deviation over four tenths).
STARTS = (0, 3, 6)
HARM = 0.02


def test_a_firm_s_own_labels_help_it_and_harm_nobody() -> None:
    """The firm's clients write in a house style that no shipped message has; the mean change over several tenths."""
    messages, lexicon = load(shipped()), load_lexicon()
    found = [measure(styled_firm(messages[start::10], own=200), lexicon, jobs=2) for start in STARTS]
    firm, others = (
        float(np.mean([one[name]["after"] - one[name]["before"] for one in found])) for name in ("firm", "others")
    )
    assert firm > 0.01
    assert others > -HARM

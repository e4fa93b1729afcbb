"""200 own labels make kyp better for one's own clients, and no worse for others (on twentieths of the data)."""

import numpy as np

from data.records import LabelledMessage
from model.lexicon import load_lexicon
from training.firm import measure, styled_firm

PARTS = 20
STARTS = (0, 7, 14)  # one part says little: what the labels bring differs by 0.02 from part to part


def test_a_firm_s_own_labels_help_it_and_harm_nobody(all_shipped: tuple[LabelledMessage, ...]) -> None:
    """The firm's clients write in a house style that no shipped message has; means over several parts."""
    lexicon = load_lexicon()
    found = [measure(styled_firm(all_shipped[start::PARTS], own=200), lexicon, jobs=2) for start in STARTS]
    before, after = (np.mean([one["firm"][name] for one in found]) for name in ("before", "after"))
    assert after > before + 0.01
    high = np.mean([one["others"]["change"][1] for one in found])
    assert high >= 0, "worse for others beyond noise"

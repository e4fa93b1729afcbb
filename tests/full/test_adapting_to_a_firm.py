"""200 labels of one's own make kyp better for one's own clients, and no worse for others (on a tenth of the data)."""

from data.datasets import load, shipped
from model.lexicon import load_lexicon
from training.firm import measure, styled_firm


def test_a_firm_s_own_labels_help_it_and_harm_nobody() -> None:
    """The firm's clients write in a house style that no shipped message has."""
    found = measure(styled_firm(load(shipped())[::10], own=200), load_lexicon(), jobs=2)
    assert found["firm"]["after"] > found["firm"]["before"] + 0.01
    _, high = found["others"]["change"]
    assert high >= 0, "worse for others beyond noise"

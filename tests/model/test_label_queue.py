"""The queue asks for what teaches most: unsure ones before sure ones, rare labels first, and nothing twice."""

import numpy as np

from data.taxonomy import LABELS
from model.label_queue import Candidates, choose
from model.layers import MESSAGE_HEADS

TEXTS = (
    "Did my message arrive this morning, and could you copy me on every step?",
    "The invoice total is off by twelve euros again, please look into it.",
    "Thank you for the lovely brochure, the whole team is happy with it.",
    "Could we add a small page for the new branch while you are at it?",
)


def candidates(*unsure: tuple[int, str, float], texts: tuple[str, ...] = TEXTS) -> Candidates:
    """All sure that nothing holds, but for (message, label, probability)."""
    probabilities = np.full((len(texts), len(MESSAGE_HEADS)), 0.01, dtype=np.float32)
    for place, label, probability in unsure:
        probabilities[place, MESSAGE_HEADS.index(label)] = probability
    sentences = np.log(probabilities[:, : len(LABELS)] / (1 - probabilities[:, : len(LABELS)])) / 2
    return Candidates(texts, ["en"] * len(texts), probabilities, sentences.astype(np.float32))


def places(*given: object, **more: object) -> list[int]:
    return [pick.place for pick in choose(*given, **more)]  # type: ignore[arg-type]


def test_the_unsure_come_first_with_the_reason() -> None:
    """A probability of one half is worth most, and is told."""
    picks = choose(candidates((2, "goodwill", 0.5), (1, "distrust", 0.8)), (), {}, 4)
    assert [pick.place for pick in picks][:2] == [2, 1]
    assert ("unsure", "goodwill") in [(why.kind, why.label) for why in picks[0].because]
    assert [pick.worth for pick in picks] == sorted((pick.worth for pick in picks), reverse=True)


def test_a_label_with_few_examples_comes_before_one_with_many() -> None:
    """Between two equally unsure messages the rarer label wins."""
    both = candidates((0, "micro_managing", 0.5), (3, "scope_growth", 0.5))
    assert places(both, (), {("en", "micro_managing"): 90, ("en", "scope_growth"): 2}, 1) == [3]
    assert places(both, (), {("en", "micro_managing"): 2, ("en", "scope_growth"): 90}, 1) == [0]


def test_near_duplicates_are_never_shown() -> None:
    """Neither twice in one queue, nor like what is labelled already."""
    again = TEXTS[0].replace("morning", "Morning!")
    doubled = candidates((0, "distrust", 0.5), (4, "distrust", 0.5), texts=(*TEXTS, again))
    assert len({0, 4} & set(places(doubled, (), {}, 5))) == 1
    assert not {0, 4} & set(places(doubled, [TEXTS[0]], {}, 5))


def test_sentences_that_contradict_the_whole_are_worth_a_look() -> None:
    """A sure message whose sentences say the opposite comes before a sure one."""
    odd = candidates()
    odd.sentences[3, LABELS.index("take_over")] = 3.0
    picks = choose(odd, (), {}, 1)
    assert picks[0].place == 3
    assert ("contradictory", "take_over") in [(why.kind, why.label) for why in picks[0].because]


def test_no_candidates_no_picks() -> None:
    """An empty pool gives an empty queue, and no more than asked for comes."""
    assert places(candidates(texts=()), (), {}, 5) == []
    assert len(places(candidates(), (), {}, 2)) == 2

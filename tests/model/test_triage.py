"""What callers rely on in every assessment, with a real model trained on a part of the shipped data."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data.records import Email, Problem
from data.taxonomy import LABELS
from model.registry import Registry
from model.triage import Triage

SENT = datetime(2026, 3, 5, 17, 42, tzinfo=UTC)  # a Thursday


@pytest.fixture(scope="module")
def triage(home: Path) -> Triage:
    """The small model."""
    champion = Registry(home / "models").champion()
    assert champion is not None
    return champion


def _mail(text: str, subject: str = "") -> Email:
    return Email(source="t", subject=subject, text=text, client="ana@brightloom.example", sent_at=SENT)


def test_every_label_is_told_in_order_with_a_probability(triage: Triage) -> None:
    """All nine signals, always, between zero and one."""
    (assessment,) = triage.judge([_mail("Thanks, received.")])
    assert tuple(signal.label for signal in assessment.signals) == LABELS
    assert all(0 <= signal.probability <= 1 for signal in assessment.signals)


def test_a_plain_case_is_found_with_its_passage(triage: Triage) -> None:
    """A client who checks after ten minutes is micro-managing, and the passage shows it."""
    text = (
        "Hello,\n\nDid you get the mail I sent ten minutes ago? Please send me a status every hour and copy me on "
        "every single step, I want to approve each one before you go on.\n\nThe office is closed on Monday."
    )
    (assessment,) = triage.judge([_mail(text)])
    signal = assessment.signal("micro_managing")
    assert signal.present
    assert all(text[p.start : p.end] == p.text for p in signal.evidence)
    assert not any("office is closed" in p.text for p in signal.evidence)


def test_evidence_in_the_subject_is_told_as_such(triage: Triage) -> None:
    """Offsets of a subject passage count in the subject."""
    subject = "Did you get the mail I sent ten minutes ago? Report to me every hour!"
    (assessment,) = triage.judge([_mail("See subject please.", subject)])
    passages = [passage for signal in assessment.signals for passage in signal.evidence]
    assert "subject" in [passage.part for passage in passages]
    for passage in passages:
        whole = assessment.subject if passage.part == "subject" else assessment.text
        assert whole[passage.start : passage.end] == passage.text


def test_only_what_is_present_has_evidence_and_all_of_it_does(triage: Triage) -> None:
    """A label without a passage that can be shown is not given."""
    texts = ["You billed 14 hours for that? My nephew does it in one. Are you sure you can do this?", "Ok.", "?"]
    for assessment in triage.judge([_mail(text) for text in texts]):
        assert all(bool(signal.evidence) == signal.present for signal in assessment.signals)


def test_urgency_probabilities_are_a_distribution(triage: Triage) -> None:
    """Four probabilities that sum to one, none below zero."""
    (assessment,) = triage.judge([_mail("The shop is down since nine and customers are turned away. Fix it now.")])
    assert sum(assessment.urgency.probabilities) == pytest.approx(1, abs=1e-5)
    assert min(assessment.urgency.probabilities) >= 0


def test_a_deadline_is_resolved_against_the_time_of_sending(triage: Triage) -> None:
    """Tomorrow is the day after the mail was sent, whenever it is read."""
    (assessment,) = triage.judge([_mail("Please send us the corrected invoice by tomorrow, we need it for the audit.")])
    assert assessment.urgency.deadline == date(2026, 3, 6)


@pytest.mark.parametrize("text", ["", " \n ", "🙂🙂", "12345", "\x00\ufffd", "a" * 50_000, "word " * 30_000])
def test_odd_texts_are_judged_without_an_exception(triage: Triage, text: str) -> None:
    """No words, no letters, one endless word, far too many words."""
    (assessment,) = triage.judge([_mail(text)])
    assert len(assessment.signals) == len(LABELS)


def test_a_text_without_words_or_in_another_language_is_other(triage: Triage) -> None:
    """The model says so where it cannot know."""
    texts = ["🙂 123 !!!", "Прошу прислать исправленный договор до пятницы, мы ждём ответа от вашей бухгалтерии."]
    assert [one.lang for one in triage.judge([_mail(text) for text in texts])] == ["other", "other"]


def test_languages_are_told_apart(triage: Triage) -> None:
    """English, Filipino and Malay."""
    texts = [
        "Could you please send us the draft, we would like to read it before the meeting.",
        "Pakisend naman po ng draft kasi kailangan na namin itong basahin bago ang pulong.",
        "Tolong hantar draf itu kepada kami sebab kami perlu baca sebelum mesyuarat nanti.",
    ]
    assert [one.lang for one in triage.judge([_mail(text) for text in texts])] == ["en", "fil", "ms"]


def test_an_unreadable_mail_keeps_its_row_unjudged(triage: Triage) -> None:
    """Its row stands between the others, with the error and no signal."""
    broken = Email(source="inbox.mbox#2", error=Problem("unreadable_mail", "these bytes are no mail"))
    rows = triage.judge([_mail("Thank you."), broken, _mail("Thank you.")])
    assert [row.error is not None for row in rows] == [False, True, False]
    assert rows[1].labels == ()


def test_an_automatic_reply_is_marked_and_not_judged(triage: Triage) -> None:
    """An absence note is nobody's signal."""
    note = Email(source="t", subject="Out of office", text="URGENT matters: call my colleague.", kind="auto_reply")
    (row,) = triage.judge([note])
    assert row.kind == "auto_reply"
    assert row.labels == ()
    assert not row.urgency.claimed


def test_a_batch_judges_as_one_by_one(triage: Triage) -> None:
    """No mail's assessment depends on its neighbours."""
    mails = [_mail(f"Please send number {n} today. Are you sure it is right?", f"order {n}") for n in range(30)]
    together = triage.judge(mails)
    apart = [triage.judge([mail])[0] for mail in mails]
    for one, other in zip(together, apart, strict=True):
        assert one.labels == other.labels
        for left, right in zip(one.signals, other.signals, strict=True):
            assert left.probability == pytest.approx(right.probability, abs=1e-4)


def test_the_same_message_has_the_same_id_by_any_way(triage: Triage) -> None:
    """Reply marks and white space do not make another message of it; another text does."""
    one, same, other = triage.judge(
        [_mail("Thank you.", "Draft"), _mail("Thank  you.\n", "RE: Draft"), _mail("Thanks!", "Draft")]
    )
    assert one.id == same.id != other.id

"""What is told from a message's words beside the labels: talks, news, and asking read as not knowing."""

import pytest

from model.mentions import asking_rebuked, news_mentioned, talk_mentioned


@pytest.mark.parametrize(
    "text",
    [
        "Hello. As discussed on yesterday's call, please send the revised quote.",
        "In our meeting on Tuesday you said the copy was included.",
        "When we spoke last week you mentioned a discount.",
        "Like you promised on the phone, the second\nbanner is free.",
        "Here are the points we discussed, with prices.",
        "Gaya ng napag-usapan natin kanina sa Zoom, kasama po ang logo.",
        "Sabi niyo po sa meeting kahapon libre ang revision.",
        "Seperti yang dibincangkan dalam mesyuarat semalam, sila hantar sebut harga.",
        "Dalam panggilan telefon tadi encik kata logo termasuk.",
        "Salamat po sa oras ninyo sa meeting kahapon.",
        "Sabi niyo po sa Viber call, libre na iyon.",
        "Terima kasih untuk mesyuarat semalam.",
    ],
)
def test_a_reference_to_a_talk_is_told(text: str) -> None:
    """Something said in a call or meeting is recognised in all three languages."""
    assert talk_mentioned(text)


@pytest.mark.parametrize(
    "text",
    [
        "Can we have a call tomorrow to discuss the layout?",
        "I'll be in the meeting until three.",
        "As discussed in my email below, the logo comes first.",
        "The phone number on the site is wrong.",
        "Puwede po ba tayong mag-usap bukas sa telepono?",
        "Nag-usap kami ng kapatid ko kahapon.",
        "Boleh kita bincang esok?",
        "Kita jumpa dalam mesyuarat minggu depan.",
    ],
)
def test_a_talk_still_to_come_or_with_others_is_none(text: str) -> None:
    """Plans, mails, and the client's talks at home are no conversation to recap."""
    assert talk_mentioned(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "My wife gave birth to a girl on Sunday!",
        "We have just opened our second branch in Cebu, thanks to your plan.",
        "I got promoted to head of marketing.",
        "We moved into our new office last Friday and the team adores it.",
        "Nanganak na po ang asawa ko, lalaki!",
        "Ikakasal na po ako sa Disyembre.",
        "Isteri saya selamat bersalin semalam, anak perempuan.",
        "Kami dah buka cawangan baru di Ipoh, terima kasih atas bantuan puan.",
    ],
)
def test_news_of_life_and_company_is_told(text: str) -> None:
    """Births, weddings, promotions and new offices are recognised in all three languages."""
    assert news_mentioned(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for the lovely logo, everyone loves it.",
        "The wedding photos you took are beautiful.",
        "The new office page looks great.",
        "Salamat po sa ganda ng gawa ninyo.",
        "Terima kasih, kerja memang kemas.",
    ],
)
def test_praise_of_the_work_is_no_news(text: str) -> None:
    """Praise that only speaks of the work is left to the other strategies."""
    assert news_mentioned(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Why do you ask me? You are the expert.",
        "Isn’t that what we pay you for?",
        "Isn't that what I am paying you for?",
        "Takkan itu pun nak tanya saya.",
        "If you have to ask me, maybe I hired the wrong firm.",
        "Bakit po ako ang tinatanong ninyo?",
        "Di ba kayo po ang eksperto rito?",
        "Kenapa tanya saya pula?",
        "Sepatutnya pihak tuan lebih tahu.",
    ],
)
def test_asking_read_as_not_knowing_is_told(text: str) -> None:
    """The client who takes a question for ignorance is recognised in all three languages."""
    assert asking_rebuked(text)


@pytest.mark.parametrize(
    "text",
    [
        "Are you sure you have done this before?",
        "Please ask me before you change anything.",
        "May tanong lang po ako, sigurado po ba kayo?",
        "Adakah awak pernah buat kerja ini?",
    ],
)
def test_plain_doubt_is_no_rebuke_of_asking(text: str) -> None:
    """Doubt about skill is not the same as being tired of questions."""
    assert asking_rebuked(text) is None


@pytest.mark.parametrize("letter", ["I", "İ", "ẞ", "Σ", "ß"])
def test_letters_that_grow_when_lowered_move_no_quote(letter: str) -> None:
    """However many stand before it, the sentence is found where it stands."""
    said = "As we discussed on the phone, please add the page."
    assert talk_mentioned(f"{letter * 60}. {said} It is due soon. Bye now.") == said


def test_the_quote_is_verbatim() -> None:
    """What is quoted as evidence stands in the text letter for letter, curly apostrophes and broken lines included."""
    text = "Hi Ben,\nshouldn’t you already\nknow that by now? Regards"
    quote = asking_rebuked(text)
    assert quote is not None
    assert quote in text


@pytest.mark.parametrize("unit", ["call ", "you said on ", "kita ", "discussed\n", "bakit tanong ", "a" * 40 + "call"])
def test_time_grows_with_the_text_and_no_faster(unit: str) -> None:
    """Eight times the text takes no more than some ten times the time, whatever the sender repeats."""
    from time import process_time

    def seconds(text: str) -> float:
        def once() -> float:
            start = process_time()
            for teller in (talk_mentioned, news_mentioned, asking_rebuked):
                teller(text)
            return process_time() - start

        return min(once() for _ in range(3))

    assert seconds(unit * 4000) < 24 * max(seconds(unit * 500), 1e-4)

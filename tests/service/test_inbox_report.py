"""The report on an inbox: right counts, one self-contained file, names masked, in whatever order rows come."""

import random
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from data.records import Assessment, Passage, Problem, Signal, Urgency
from data.taxonomy import LABELS, Label
from service.commands.score import Scoring, run
from service.inbox_page import Making, render
from service.inbox_report import InboxReport, conclude
from service.inbox_tallies import InboxTallies
from service.judgement import SentMail
from service.judging import build_adviser
from service.masks import BLOT, Masks, Plain
from service.rows import RowFormat
from service.settings import Settings

Assessed = Callable[..., Assessment]
ADVISER = build_adviser(Settings())
NOW = datetime(2026, 3, 31, tzinfo=UTC)
ANA, BEN = "ana.reyes@brightloom.example", "ben@ports.example"
WORDS = (
    "Ana Reyes of Brightloom says: please redo it, Tomas. Write to ana.reyes@brightloom.example or +63 917 555 0101."
)


def message(number: int, client: str | None = ANA, labels: tuple[Label, ...] = (), **fields: Any) -> Assessment:
    """A judged message, one a day from the first of March at noon."""
    sent = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=number)
    quoted = (Passage(0, len(WORDS), WORDS),)
    signals = tuple(Signal(x, 0.9 if x in labels else 0.1, x in labels, quoted if x in labels else ()) for x in LABELS)
    level, claimed = fields.pop("level", 0), fields.pop("claimed", False)
    chances = (float(level == 0), float(level == 1), float(level == 2), float(level == 3))
    urgency = Urgency(level, chances, claimed, float(claimed), None, quoted if level else ())
    whole: dict[str, Any] = {
        "id": f"{client}-{number}", "source": f"reyes.mbox#{number}", "message_id": None, "client": client,
        "lang": "en", "sent_at": sent, "subject": f"Brightloom {number}", "text": WORDS, "signals": signals,
        "urgency": urgency, "model": "v1",
    }  # fmt: skip
    return Assessment(**whole | fields)


def tallied(rows: list[Assessment], sent: tuple[SentMail, ...] = ()) -> InboxTallies:
    """The tallies of some rows and mails of one's own."""
    tallies = InboxTallies(ADVISER.provider, timedelta(days=60), NOW)
    for row in rows:
        tallies.add(row)
    for mail in sent:
        tallies.add_sent(mail)
    return tallies


def report_on(rows: list[Assessment], *sent: SentMail) -> InboxReport:
    """The report, nothing masked."""
    return conclude(tallied(rows, sent), ADVISER.playbook, Plain())


def page(report: InboxReport, *, masked: bool = False) -> str:
    """The report's page."""
    return render(report, ADVISER.playbook, Making(["reyes.mbox"], NOW, "Mon-Fri 09:00-18:00, UTC", masked, 3))


def busy() -> list[Assessment]:
    """An inbox with something for every section."""
    rework = [message(n, labels=("unpaid_rework",), level=n % 4, claimed=n % 2 == 0) for n in range(12)]
    others = [message(n, client=f"{name}@ports.example", level=1) for n, name in enumerate(["ben", "cleo", "dana"] * 4)]
    broken = message(3, error=Problem("unreadable_mail", "These bytes are no mail."), client=None, text="", subject="")
    return [*rework, *others, broken, message(1, kind="newsletter")]


def test_counts() -> None:
    """What is counted of whom, and what is left out of it."""
    report = report_on(busy())
    assert (report.messages, report.clients) == (24, 4)
    assert (report.first_day, report.last_day) == (date(2026, 3, 1), date(2026, 3, 12))
    assert (report.claims.count, report.claims.of) == (3, 6)  # of days 0, 2, 4 … the levels are 0, 2, 0 …
    ana = report.heat[0]
    assert (ana.client, ana.messages, ana.cells[LABELS.index("unpaid_rework")].count) == (ANA, 12, 12)
    assert report.unreadable == (("unreadable_mail", 1),)
    assert report.time is not None
    assert sum(map(sum, report.time.bins)) == 24
    assert [sum(counts) for _, _, counts in report.time.panels] == [n for _, n, _ in report.time.panels]
    assert report.late.count == sum(row.sent_at.weekday() > 4 for row in busy()[:24] if row.sent_at)


def test_signs_of_parting_are_told_with_what_carries_them() -> None:
    """A sign from several days, with the passages of its own label; a client without one is not named."""
    report = report_on([*busy(), message(20, labels=("goodwill",))])
    (parting,) = report.partings
    assert parting.client == ANA
    rework = next(sign for sign in parting.signs if "pay" in sign.title)
    assert rework.messages == 12
    assert {quote for _, quote in rework.quotes} == {WORDS[:220]}
    assert parting.tries


def test_what_was_answered_is_not_to_be_answered_first() -> None:
    """With one's own mail at hand, only messages that no mail came after are listed; the most pressing is first."""
    rows = [
        message(1, ANA, level=3),
        message(2, BEN, level=2),
        message(3, "cleo@x.example", level=3, labels=("reported_mistake",)),
    ]
    assert [one.client for one in report_on(rows).first] == ["cleo@x.example", ANA, BEN]
    answer = SentMail(datetime(2026, 3, 2, 15, tzinfo=UTC), (ANA,))
    report = report_on(rows, answer)
    assert [one.client for one in report.first] == ["cleo@x.example", BEN]
    assert report.answers is not None
    assert (report.answers.hours, report.answers.waiting.count) == (3.0, 2)


def test_old_messages_and_clocks_ahead_are_not_the_first_to_answer() -> None:
    """What is a month older than the newest message waits no more; a date in the future moves nothing."""
    rows = [
        message(-60, ANA, level=3),
        message(1, BEN, level=3),
        message(9_000, "late@clock.example", level=3),
        message(2, "undated@x.example", level=1, sent_at=None),
    ]
    report = report_on(rows, SentMail(datetime(2025, 1, 1, tzinfo=UTC), ("cleo@x.example",)))
    assert [one.client for one in report.first] == [BEN, "undated@x.example"]
    assert report.pressing == 1
    assert report.answers is not None
    assert (report.answers.waiting.count, report.answers.waiting.of) == (1, 1)


def test_a_clock_ahead_hides_no_signs_of_parting() -> None:
    """The window ends with a client's newest message, but not with one that is dated in the future."""
    ahead = [message(9_000 + n, client=client) for n, client in enumerate([ANA, BEN] * 30)]
    assert [one.client for one in report_on([*busy(), *ahead]).partings] == [ANA]


def test_the_order_of_the_rows_does_not_matter() -> None:
    """Folders come one after another, not by date: the page is the same."""
    rows = busy()
    shuffled = rows.copy()
    random.Random(1).shuffle(shuffled)  # noqa: S311 (a shuffle is no secret)
    assert page(report_on(shuffled)) == page(report_on(rows))


def test_many_messages_of_one_client_keep_little() -> None:
    """Memory does not grow with texts: of a client who writes without end, what the window needs is kept."""
    tallies = tallied([message(n % 25, id=f"m{n}", labels=("scope_growth",), level=2) for n in range(5_000)])
    (ana,) = tallies.clients.values()
    assert ana.messages == 5_000
    assert len(ana.latest) <= 1_100
    assert len(tallies.urgent.waiting()) <= 25 * 40


@pytest.mark.parametrize("own", [40, 400])
def test_who_writes_most_crowds_out_the_others_however_little_is_kept(own: int) -> None:
    """The share is that of all a client wrote, not of the messages that are kept: 40 % of the inbox is 40 %."""
    rows = [message(n % 25, id=f"m{n}") for n in range(own)]
    others = [message(n % 25, client=f"{n % 4}@ports.example", id=f"o{n}") for n in range(own * 3 // 2)]
    (parting,) = report_on([*rows, *others]).partings
    (sign,) = parting.signs
    assert (parting.client, sign.title, sign.messages) == (ANA, "This client crowds out the others", own)


@pytest.mark.parametrize("year", [1970, 2105])
@pytest.mark.parametrize("hours", [-12, 14])
def test_clocks_at_the_ends_of_time_are_counted(year: int, hours: int) -> None:
    """The first and the last hours of the years that count, east and west of Greenwich: broken headers bear them."""
    zone = timezone(timedelta(hours=hours))
    edges = (datetime(year, 1, 1, tzinfo=zone), datetime(year, 12, 31, 23, 59, tzinfo=zone))
    rows = [message(number, sent_at=edge) for number, edge in enumerate(edges)]
    report = report_on(rows, *(SentMail(edge, (ANA,)) for edge in edges))
    assert report.messages == len(rows)
    assert report.answers is not None


def test_no_more_messages_come_late_than_there_are() -> None:
    """Dates that are too old to count are neither late nor among those of which some are."""
    old = [message(n, sent_at=datetime(1904, 1, 3, tzinfo=UTC), claimed=True) for n in range(3)]  # a Sunday
    report = report_on([*old, message(6)])  # a Saturday
    assert (report.late.count, report.late.of, report.late.percent) == (1, 1, 100)
    assert (report.alarms[0].late.count, report.alarms[0].late.of) == (1, 1)


def test_the_page_needs_nothing_else() -> None:
    """No scripts, no fetches: it opens offline and from a mail."""
    html = page(report_on(busy(), SentMail(NOW, (ANA,))))
    assert not re.findall(r"<script|<link|<img|@import|url\(|\b(?:src|href)=|https?://", html)
    assert "{{" not in html
    for heading in (
        "In brief",
        "Answer these first",
        "signs of parting",
        "Who does what",
        "Urgency",
        "over time",
        "When",
    ):
        assert heading in html


@pytest.mark.parametrize(("level", "claimed"), [(0, True), (3, True), (3, False), (2, False)])
def test_one_message_is_told_of_as_one(level: int, claimed: bool) -> None:
    """Verbs and nouns agree with it, wherever it is counted."""
    one = message(1, level=level, claimed=claimed, labels=("distrust",), sent_at=datetime(2026, 3, 7, 22, tzinfo=UTC))
    for sent in ((), (SentMail(NOW, (BEN,)),), (SentMail(NOW, (ANA,)),)):
        words = re.sub(r"<[^>]+>", "", page(report_on([one], *sent)).partition("<main>")[2])
        assert not re.findall(r"\b1 (?:messages|clients|[a-z ]*messages)\b|\b1 message \w+ have\b", words)
        assert ("1 message says it is urgent, and" in words) == claimed
    two = [message(1, level=3, claimed=True), message(2, client=BEN, level=3, claimed=True)]
    assert "a full bar stands for 1 message." in page(report_on(two))
    assert "2 messages say they are urgent." in page(report_on(two))


def test_addresses_break_between_their_parts() -> None:
    """Before the @ and after dots, not inside a word where that can be."""
    html = page(report_on([message(1), message(2, client="no.address<b>")]))
    assert 'ana.<wbr>reyes<wbr><span class="soft">@brightloom.<wbr>example' in html
    assert "no.<wbr>address&lt;b&gt;" in html


@pytest.mark.parametrize(
    ("top", "marks"),
    [(1, ["1"]), (3, ["1", "2", "3"]), (7, ["2", "4", "6"]), (12, ["5", "10"]), (2_600, ["1k", "2k"])],
)
def test_lines_of_the_chart_stand_where_their_numbers_say(top: int, marks: list[str]) -> None:
    """At whole messages, each as high as a bar of so many."""
    chart = time_chart([message(0, id=f"m{n}") for n in range(top)])
    lines = re.findall(
        r'y1="([\d.]+)" y2="[\d.]+" class="grid"/><text x="28" y="[\d.]+" class="axis end">(\w+)<', chart
    )
    assert [mark for _, mark in lines] == marks
    for height, mark in lines:
        value = int(mark.replace("k", "000"))
        assert float(height) == pytest.approx(160 - 150 * value / top, abs=0.06)


def test_no_date_below_the_chart_is_cut() -> None:
    """A label that would leave the drawing ends at its edge; 9.5 units are a character's on a phone."""
    for days in (3, 8, 15, 64, 90, 400):
        chart = time_chart([message(n) for n in range(days)])
        labels = re.findall(r'<text x="([\d.]+)" y="178" class="axis( end)?[^"]*">([^<]+)<', chart)
        assert len(labels) > 1
        for x, ends, text in labels:
            assert (float(x) if ends else float(x) + 9.5 * len(text)) <= 720, (days, text)


def time_chart(rows: list[Assessment]) -> str:
    """The drawing of messages over time."""
    found = re.search(r'<svg class="time".*?</svg>', page(report_on(rows)), re.DOTALL)
    assert found
    return found[0]


def test_what_clients_wrote_is_text() -> None:
    """Markup in a mail stays text."""
    html = page(report_on([message(1, level=3, subject="<script>alert(1)</script>", client="<b>@x.example")]))
    assert "<script" not in html
    assert "<b>@" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("rows", [[], [message(1, sent_at=None, client=None)], [message(0, kind="newsletter")]])
def test_an_inbox_with_little_in_it(rows: list[Assessment]) -> None:
    """There is a page for every inbox."""
    assert "What your clients write" in page(report_on(rows))


def test_masked_pages_bear_no_names() -> None:
    """Neither addresses nor names nor file names, in headings or in quotes; the same client has one number."""
    tallies = tallied(busy(), (SentMail(NOW, (ANA,)),))
    html = page(conclude(tallies, ADVISER.playbook, Masks(tallies.clients)), masked=True)
    body = html.partition("<body>")[2]
    for name in ("ana", "reyes", "brightloom", "tomas", "ben", "cleo", "ports", "mbox", "917", "@"):
        assert not re.search(rf"\b{name}\b" if name != "@" else "@", body, re.IGNORECASE), name
    assert "Client 1" in body
    assert "please redo it" in body


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Hi Tomas, did Ana see it on Friday?", f"Hi {BLOT}, did {BLOT} see it on Friday?"),
        ("Dear Ms. Cruz,\nThe draft is wrong.", f"Dear {BLOT}. {BLOT},\nThe draft is wrong."),
        ("I've told Encik Farid. Tolong hantar esok.", f"I've told {BLOT} {BLOT}. Tolong hantar esok."),
        ("See https://x.example/a?b=1 or call 0917-555-1234", f"See {BLOT} or call {BLOT}"),
        ("PLEASE CALL REYES NOW", f"PLEASE CALL {BLOT} NOW"),
        ("reyes said the brightloom logo is late", f"{BLOT} said the {BLOT} logo is late"),
    ],
)
def test_texts_are_masked(text: str, masked: str) -> None:
    """Names inside and at the head of sentences, in capitals and, where they are known, in small letters."""
    assert Masks([ANA]).text(text) == masked


def test_kyp_score_writes_it(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--report, with rows to a file and one's own mail told apart."""
    monkeypatch.setenv("KYP_HOME", str(home))
    samples = Path(__file__).parents[2] / "data" / "samples" / "inbox.mbox"
    report = tmp_path / "report.html"
    run(Scoring([str(samples)], str(tmp_path / "rows.jsonl"), RowFormat.JSONL, report=report, mask=True))
    html = report.read_text(encoding="utf-8")
    assert "What your clients write" in html
    assert "@" not in html.partition("<body>")[2]

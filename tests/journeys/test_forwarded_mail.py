"""The main journey: a forwarded mail in, signals, urgency and strategies out, the same wherever one looks."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest

from data.taxonomy import LABELS
from service.settings import Settings

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]
SAMPLES = Path(__file__).parents[2] / "data" / "samples"
FORWARDED = """From: Tomas Reyes <tomas@studio.example>
To: kyp@studio.example
Subject: Fwd: Landing page
Date: Fri, 06 Mar 2026 09:01:00 +0800
Message-ID: <fwd-1@studio.example>
Content-Type: text/plain; charset=utf-8

What do you make of this one?

---------- Forwarded message ---------
From: Ana Cruz <Ana@Brightloom.example>
Date: Sat, Mar 7, 2026 at 9:42 PM
Subject: Landing page
To: Tomas Reyes <tomas@studio.example>


Hi Tomas,

Did you get my message from this afternoon? Please copy me on every single email to the printer from now on, and send
me a screenshot at 9, at noon and at 5, so that I can see it is on track. I want to approve each step before you start
the next one.

Ana
"""


def scored(home: Path, *words: object, stdin: str = "") -> list[dict[str, Any]]:
    """Rows of `kyp score`."""
    command = [sys.executable, "-c", "from service.cli import main; main()", "score", *map(str, words)]
    environment = os.environ | {"KYP_HOME": str(home)}
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, env=environment, check=True)  # noqa: S603
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_forwarded_mail_is_read_judged_kept_and_found_again(client: httpx.Client) -> None:
    """The client is the original sender, the text theirs alone, the signal seen with its evidence; advice follows."""
    answer = client.post("/v1/messages", content=FORWARDED.encode(), headers={"Content-Type": "message/rfc822"})
    assert answer.status_code == 201
    row = answer.json()
    assert (row["client"], row["subject"], row["error"]) == ("ana@brightloom.example", "Landing page", None)
    assert row["sent_at"].startswith("2026-03-07T21:42:00")
    assert row["text"].startswith("Hi Tomas,")
    assert "What do you make" not in row["text"]
    signal = row["signals"][LABELS.index("micro_managing")]
    assert signal["present"]
    assert signal["evidence"]
    for passage in signal["evidence"]:
        whole = row["subject" if passage.get("in") == "subject" else "text"]
        assert whole[passage["start"] : passage["end"]] == passage["text"]
    assert "set-boundaries" in [strategy["id"] for strategy in row["strategies"]] + row["more"]
    assert client.get(f"/v1/messages/{row['id']}").json() == row
    found = client.get("/v1/messages", params={"client": row["client"], "label": "micro_managing"}).json()
    assert found["messages"] == [row]
    assert "every single email" in client.get(f"/messages/{row['id']}").text


def test_all_entrances_come_to_the_same(client: httpx.Client, home: Path) -> None:
    """HTTP, batch and command line judge one mail alike, down to its id; only the source differs."""
    posted = client.post("/v1/messages", content=FORWARDED.encode(), headers={"Content-Type": "message/rfc822"}).json()
    (scored_row,) = scored(home, "-", stdin=FORWARDED)
    mbox = f"From tomas@studio.example Fri Mar  6 09:01:00 2026\n{FORWARDED}"
    batch = client.post("/v1/batch", content=mbox, headers={"Content-Type": "application/mbox"}).json()
    (key,) = set(re.findall(r'name="form_key" value="([^"]+)"', client.get("/").text))  # all forms of a page share it
    page = client.post("/", data={"form_key": key, "text": FORWARDED}, follow_redirects=True)
    assert posted | {"source": ""} == scored_row | {"source": ""} == batch | {"source": ""}
    assert page.url.path == f"/messages/{posted['id']}"
    assert len(client.get("/v1/messages").json()["messages"]) == 1


def test_a_second_mail_is_advised_on_with_the_first_in_mind(client: httpx.Client) -> None:
    """What the store knows of a client shows in the advice: only the first message calls for getting to know them."""
    mails = [
        {"from": "ben@kopiraya.example", "body": f"Please send invoice {day}.", "sent_at": f"2026-03-0{day}T10:00:00Z"}
        for day in (2, 3)
    ]
    rows = [client.post("/v1/messages", json=mail).json() for mail in mails]
    named = [[strategy["id"] for strategy in row["strategies"]] + row["more"] for row in rows]
    assert ["know-how-they-work" in names for names in named] == [True, False]


def test_the_sample_inbox_is_scored(home: Path) -> None:
    """The shipped inbox gives a row for every mail, all nine labels in each, with clients found behind the forwards."""
    rows = scored(home, SAMPLES / "inbox.mbox")
    assert len(rows) >= 20
    assert len({row["id"] for row in rows}) == len(rows)
    assert all([signal["label"] for signal in row["signals"]] == list(LABELS) for row in rows)
    assert {row["lang"] for row in rows} >= {"en", "fil", "ms"}
    assert sum(row["error"] is not None for row in rows) < 3
    assert sum(row["client"] is not None for row in rows) > len(rows) * 0.8
    assert any(row["strategies"] for row in rows)


@pytest.mark.parametrize("path", sorted((SAMPLES / "eml").glob("*.eml")), ids=lambda path: path.stem)
def test_every_sample_mail_gets_an_answer(client: httpx.Client, path: Path) -> None:
    """Each shipped .eml is either judged or refused with a sentence."""
    answer = client.post("/v1/messages", content=path.read_bytes(), headers={"Content-Type": "message/rfc822"})
    assert answer.status_code in (201, 422)
    if answer.status_code == 422:
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_restart_loses_nothing(home: Path, tmp_path: Path, running: Running) -> None:
    """What was stored before a restart is there after it."""
    settings = Settings(home=home, database_url=f"sqlite:///{tmp_path / 'kyp.db'}")
    with running(settings) as before:
        row = before.post("/v1/messages", content=FORWARDED.encode(), headers={"Content-Type": "message/rfc822"}).json()
    with running(settings) as after:
        assert after.get(f"/v1/messages/{row['id']}").json() == row

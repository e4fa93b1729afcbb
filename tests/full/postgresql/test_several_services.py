"""Several services on one PostgreSQL: each message once, each token once, counts that agree."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import httpx

from service.settings import Settings
from tests.service.provider_mails import SIGNING_KEY, parsed, signed

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]


def test_three_services_share_one_store(home: Path, store_url: str, running: Running) -> None:
    """Started at once on an empty database, asked the same by many at once: one is new, all agree, all is counted."""
    settings = Settings(home=home, database_url=store_url, mailgun_signing_key=SIGNING_KEY)
    with ExitStack() as stack:
        services = [_warm(stack.enter_context(running(settings))) for _ in range(3)]

        def post(number: int) -> httpx.Response:
            body = f"Did message {number // 6} arrive? Copy me on every single step."
            fields: dict[str, Any] = {"subject": "Drafts", "body": body, "from": f"c{number // 24}@x.example"}
            return services[number % 3].post("/v1/messages", json=fields)

        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(post, range(96)))
        assert sorted(answer.status_code for answer in answers) == [200] * 80 + [201] * 16
        assert len({answer.text for answer in answers}) == 16
        clients = {row["client"]: row["messages"] for row in services[0].get("/v1/clients").json()["clients"]}
        assert clients == {f"c{n}@x.example": 4 for n in range(4)}

        fields = parsed(**signed("e" * 50))
        with ThreadPoolExecutor(9) as pool:
            taken = list(pool.map(lambda n: services[n % 3].post("/v1/inbound/mailgun", data=fields), range(9)))
        assert sorted(answer.status_code for answer in taken) == [200] + [406] * 8


def test_clients_merged_while_their_mail_comes_in_are_counted_right(
    home: Path, store_url: str, running: Running
) -> None:
    """Whatever the order in which they meet, the list counts what is stored."""
    with (
        running(Settings(home=home, database_url=store_url)) as one,
        running(Settings(home=home, database_url=store_url)) as other,
    ):
        _warm(one)
        _warm(other)

        def post(number: int) -> None:
            fields = {"body": f"Did message {number} arrive?", "from": f"a{number % 2}@x.example"}
            assert (one, other)[number % 2].post("/v1/messages", json=fields).status_code == 201

        with ThreadPoolExecutor(8) as pool:
            mails = pool.map(post, range(60))
            merged = pool.submit(one.post, "/v1/clients/Acme/aliases", json={"alias": "a0@x.example"})
            list(mails)
            assert merged.result().status_code == 201
        counted = {row["client"]: row["messages"] for row in one.get("/v1/clients").json()["clients"]}
        stored = [row["client"] for row in one.get("/v1/messages", params={"limit": 200}).json()["messages"]]
        assert len(stored) == 60
        assert sum(counted.values()) == 60


def test_the_same_correction_by_many_is_kept_once(home: Path, store_url: str, running: Running) -> None:
    """Sent again and again, through two services at once, one person's opinion is one entry in the history."""
    settings = Settings(home=home, database_url=store_url)
    with running(settings) as one, running(settings) as other:
        _warm(one)
        _warm(other)
        message = one.post("/v1/messages", json={"body": "Did my message arrive?", "from": "ana@x.example"}).json()
        path, opinion = f"/v1/messages/{message['id']}/labels", {"labels": {"distrust": True}, "annotator": "mia"}
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: (one, other)[n % 2].put(path, json=opinion), range(16)))
        assert {answer.status_code for answer in answers} <= {200, 201}
        assert len(one.get(path).json()["corrections"]) == 1


def _warm(service: httpx.Client) -> httpx.Client:
    """Let FastAPI build its routes, which it does on the first request, with warnings silenced for the whole process.

    Several services in one process, with warnings as errors, would trip over one another.
    """
    service.get("/no-such-page")
    return service

"""Who gets in where tokens are needed: bearer tokens by scope, pages behind a login, forms with a key."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.routing import Mount

from service.app import create_app
from service.clock import now
from service.permissions import API, PAGES
from service.scope import Scope
from service.settings import Settings
from service.store import open_store
from service.tokens import Tokens
from service.wiring import build_service

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]
BODY = {"body": "Copy me on every single step and send me a status tonight.", "from": "ana@brightloom.example"}


@dataclass(frozen=True)
class Guarded:
    """A running service that asks for tokens, one token of each scope, and the keeper of its tokens."""

    client: httpx.Client
    secrets: dict[Scope, str]
    tokens: Tokens

    def bearing(self, scope: Scope) -> dict[str, str]:
        """The header of a program."""
        return {"Authorization": f"Bearer {self.secrets[scope]}"}

    def log_in(self, scope: Scope, following: str = "/") -> httpx.Response:
        """Log in as a browser does."""
        form = {"token": self.secrets[scope], "next": following, "form_key": key_of(self.client.get("/login"))}
        return self.client.post("/login", data=form)


def key_of(page: httpx.Response) -> str:
    """The key that the forms of a page bear."""
    found = re.search(r'name="form_key" value="([0-9a-f]{64})"', page.text)
    assert found, page.text
    return found[1]


@pytest.fixture
def guarded(home: Path, tmp_path: Path, running: Running) -> Iterator[Guarded]:
    """A service with a fresh store."""
    url = f"sqlite:///{tmp_path / 'kyp.db'}"
    store = open_store(url)
    tokens = Tokens(store.engine, now)
    secrets = {scope: tokens.create(f"{scope}er", scope) for scope in Scope}
    with running(Settings(home=home, database_url=url, require_tokens=True)) as client:
        yield Guarded(client, secrets, tokens)
    store.close()


def routes(tmp_path: Path) -> set[str]:
    """Every address of the application, as the tables write it."""
    service = build_service(Settings(home=tmp_path))
    found = set()
    for part in create_app(service).routes:
        for route in getattr(getattr(part, "original_router", None), "routes", [part]):
            methods = {"GET"} if isinstance(route, Mount) else route.methods - {"HEAD"}
            found |= {f"{method} {route.path}" for method in methods}
    service.store.close()
    return found


def test_every_address_is_in_the_table(tmp_path: Path) -> None:
    """No route is without a stated scope, and no line of the table is without its route."""
    assert routes(tmp_path) == API.keys() | PAGES.keys()
    assert not API.keys() & PAGES.keys()


def filled(route: str) -> tuple[str, str]:
    """A route as a request that could be sent."""
    method, path = route.split(" ")
    return method, re.sub(r"\{[^}]+\}", "nobody", path)


@pytest.mark.parametrize("route", sorted(route for route, scope in API.items() if scope))
def test_the_interface_asks_for_its_scope(guarded: Guarded, route: str) -> None:
    """401 with a challenge without a token, 403 with one that is too weak, anything but these with one that will do."""
    method, path = filled(route)
    answer = guarded.client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    for scope in Scope:
        answer = guarded.client.request(method, path, headers=guarded.bearing(scope))
        needed = API[route]
        assert needed is not None
        assert (answer.status_code == 403) == (not scope.covers(needed))
        assert answer.status_code != 401
        if answer.status_code == 403:
            assert f'scope="{needed}"' in answer.headers["www-authenticate"]
            assert str(needed) in answer.json()["detail"]


@pytest.mark.parametrize("route", sorted(route for route, scope in {**API, **PAGES}.items() if scope is None))
def test_what_is_open_is_open(guarded: Guarded, route: str) -> None:
    """Health, the interface's description, the sheet and the login ask for nothing."""
    method, path = filled(route)
    if method == "GET":
        path = "/static/kyp.css" if path == "/static" else path
        assert guarded.client.get(path).status_code == 200


@pytest.mark.parametrize("route", sorted(route for route, scope in PAGES.items() if scope))
def test_pages_lead_strangers_to_the_login(guarded: Guarded, route: str) -> None:
    """A person without a session comes to the login, whatever they asked for, and nothing is shown or done."""
    method, path = filled(route)
    answer = guarded.client.request(method, path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")
    assert answer.text == ""


@pytest.mark.parametrize("given", ["Bearer nonsense", "Bearer", "Basic YTpi", "", "Bearer kyp_00000000_x"])
def test_a_token_that_is_none_is_refused(guarded: Guarded, given: str) -> None:
    """401 says that it is not known; it opens not even what is open to everybody without one."""
    for path in ("/v1/messages", "/healthz"):
        answer = guarded.client.get(path, headers={"Authorization": given})
        assert answer.status_code == 401
        assert "error=" in answer.headers["www-authenticate"]


def test_a_revoked_token_ends_at_once_in_a_running_service(guarded: Guarded) -> None:
    """The next request with it is refused, and so is the next page of its session."""
    assert guarded.log_in(Scope.READ).status_code == 303
    assert guarded.client.get("/").status_code == 200
    assert guarded.client.get("/v1/messages", headers=guarded.bearing(Scope.READ)).status_code == 200
    guarded.tokens.revoke("reader")
    assert guarded.client.get("/v1/messages", headers=guarded.bearing(Scope.READ)).status_code == 401
    assert guarded.client.get("/").headers["location"] == "/login"


def test_logging_in_leads_to_the_page_that_was_asked_for(guarded: Guarded) -> None:
    """Stranger, login, page; the cookie is out of reach of scripts and other sites, and new once one is in."""
    asked = guarded.client.get("/clients")
    assert asked.headers["location"] == "/login?next=%2Fclients"
    before = key_of(guarded.client.get(asked.headers["location"]))
    answer = guarded.log_in(Scope.WRITE, "/clients")
    assert (answer.status_code, answer.headers["location"]) == (303, "/clients")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=43200" in cookie
    page = guarded.client.get("/clients")
    assert page.status_code == 200
    assert "writeer" in page.text
    assert key_of(page) != before


def test_who_may_only_read_is_not_invited_to_write(guarded: Guarded) -> None:
    """No page leads a reader to a form that is not there; the empty inbox says why nothing can be done."""
    for scope, invited in ((Scope.READ, False), (Scope.WRITE, True)):
        assert guarded.log_in(scope).status_code == 303
        inbox, clients = guarded.client.get("/").text, guarded.client.get("/clients").text
        for page in (inbox, clients):
            assert ('href="/?new=1#new"' in page) is invited
        assert ("Paste or drop" in inbox) is invited
        assert ("may only read" in inbox) is not invited
        guarded.client.cookies.clear()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "x", "/\r\nX: y"])
def test_the_login_leads_nowhere_else(guarded: Guarded, elsewhere: str) -> None:
    """A link to the login cannot name another site to go on to."""
    assert guarded.log_in(Scope.READ, elsewhere).headers["location"] == "/"


def test_a_wrong_token_brings_the_login_back(guarded: Guarded) -> None:
    """403, the reason, no session; after ten of them the address has to wait."""
    form = {"token": "kyp_00000000_x", "form_key": key_of(guarded.client.get("/login"))}
    answers = [guarded.client.post("/login", data=form) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429]
    assert 'role="alert"' in answers[0].text
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 120
    assert guarded.client.get("/v1/messages", headers=guarded.bearing(Scope.READ)).status_code == 429


def test_logging_out_ends_the_session_on_the_server(guarded: Guarded) -> None:
    """A copy of the cookie opens nothing afterwards."""
    guarded.log_in(Scope.READ)
    copied = guarded.client.cookies["kyp_session"]
    answer = guarded.client.post("/logout", data={"form_key": key_of(guarded.client.get("/"))})
    assert answer.headers["location"] == "/login"
    assert "kyp_session" not in guarded.client.cookies
    assert guarded.client.get("/", headers={"Cookie": f"kyp_session={copied}"}).status_code == 303


@pytest.mark.parametrize("route", sorted(route for route in PAGES if route.startswith("POST")))
def test_every_form_needs_its_key(guarded: Guarded, route: str) -> None:
    """A form without the key, with another session's or in another form than a form is refused, logged in or not."""
    _, path = filled(route)
    guarded.log_in(Scope.ADMIN)
    for sent in ({"data": {"text": "x"}}, {"data": {"form_key": "0" * 64}}, {"json": {"form_key": "0" * 64}}):
        answer = guarded.client.post(path, **sent)  # type: ignore[arg-type]
        assert answer.status_code == 403
        assert answer.json()["type"].endswith("wrong_form_key")


def test_a_form_with_its_key_is_taken(guarded: Guarded) -> None:
    """The key may come as a field, or as a header where a script sends the form."""
    guarded.log_in(Scope.WRITE)
    key = key_of(guarded.client.get("/"))
    assert guarded.client.post("/", data={"text": BODY["body"], "form_key": key}).status_code == 303
    assert guarded.client.post("/", data={"text": BODY["body"]}, headers={"X-Form-Key": key}).status_code == 303


def test_a_session_may_read_the_interface_and_writes_with_the_key_alone(guarded: Guarded) -> None:
    """The page's link to the JSON works; what changes something is refused to a bare cookie."""
    guarded.log_in(Scope.WRITE)
    key = key_of(guarded.client.get("/"))
    assert guarded.client.get("/v1/messages").status_code == 200
    assert guarded.client.post("/v1/messages", json=BODY).status_code == 403
    assert guarded.client.post("/v1/messages", json=BODY, headers={"X-Form-Key": key}).status_code == 201


def test_a_page_that_is_not_for_this_scope_says_so(guarded: Guarded) -> None:
    """A reader who sends a form is told which scope it needs."""
    guarded.log_in(Scope.READ)
    key = key_of(guarded.client.get("/"))
    answer = guarded.client.post("/", data={"text": "x", "form_key": key})
    assert answer.status_code == 403
    assert "write" in answer.json()["detail"]


def test_a_script_whose_session_ended_is_sent_to_the_login(guarded: Guarded) -> None:
    """A page under htmx gets 401 and the address to load; it would put a redirect's page into the middle of another."""
    answer = guarded.client.get("/clients", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login?next=%2Fclients")


def test_requests_are_counted_by_token(guarded: Guarded, home: Path, tmp_path: Path, running: Running) -> None:
    """One request too many is 429 with the seconds to wait; another token is not held up by it."""
    url = f"sqlite:///{tmp_path / 'kyp.db'}"
    settings = Settings(home=home, database_url=url, require_tokens=True, rate_limit="5/minute")
    with running(settings) as client:
        reader, writer = guarded.bearing(Scope.READ), guarded.bearing(Scope.WRITE)
        answers = [client.get("/v1/messages", headers=reader) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 120
        assert client.get("/v1/messages", headers=writer).status_code == 200


@pytest.mark.parametrize(("trusted", "limited"), [((), True), (("127.0.0.1",), False)])
def test_forwarded_addresses_are_believed_of_trusted_proxies_alone(
    home: Path, tmp_path: Path, running: Running, trusted: tuple[str, ...], limited: bool
) -> None:
    """Counting is by the address that a trusted proxy tells; anybody else may tell what they like."""
    url = f"sqlite:///{tmp_path / 'kyp.db'}"
    settings = Settings(
        home=home, database_url=url, require_tokens=True, rate_limit="3/minute", trusted_proxies=trusted
    )
    with running(settings) as client:
        told = [{"X-Forwarded-For": f"192.0.2.{n}", "X-Forwarded-Proto": "https"} for n in range(5)]
        answers = [client.get("/login", headers=headers) for headers in told]
    assert (429 in [answer.status_code for answer in answers]) == limited
    assert ("Secure" in answers[0].headers["set-cookie"]) == (not limited)


def test_on_the_loopback_nobody_is_asked(client: httpx.Client) -> None:
    """Without tokens the machine's own user may do everything, the login leads on, and forms need their key still."""
    assert client.get("/v1/messages").status_code == 200
    assert client.get("/login?next=/clients").headers["location"] == "/clients"
    assert client.post("/", data={"text": BODY["body"]}).status_code == 403
    assert client.post("/", data={"text": BODY["body"], "form_key": key_of(client.get("/"))}).status_code == 303
    assert "Log out" not in client.get("/").text


def test_a_correction_bears_the_name_of_the_token(guarded: Guarded) -> None:
    """Who names nobody in the body says it under the token's name; who names somebody, under that."""
    head = guarded.bearing(Scope.WRITE)
    message = guarded.client.post("/v1/messages", json=BODY, headers=head).json()["id"]
    where = f"/v1/messages/{message}/labels"
    guarded.client.put(where, json={"labels": ["distrust"]}, headers=head)
    told = guarded.client.put(where, json={"labels": ["goodwill"], "annotator": "mia"}, headers=head).json()
    assert [one["annotator"] for one in told["corrections"]] == [f"{Scope.WRITE}er", "mia"]

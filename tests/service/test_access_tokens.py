"""Access tokens and sessions as they are kept: shown once, stored as hashes, void once revoked or over."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from data.errors import InputError
from service.scope import Scope
from service.sessions import Sessions
from service.store import Store, open_store
from service.tokens import Tokens


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 5, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The moment."""
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    store = open_store(f"sqlite:///{tmp_path / 'kyp.db'}")
    yield store
    store.close()


@pytest.fixture
def clock() -> Clock:
    """Noon of a day."""
    return Clock()


@pytest.fixture
def tokens(store: Store, clock: Clock) -> Tokens:
    """The tokens of the store."""
    return Tokens(store.engine, clock)


def test_a_token_opens_and_names_its_owner(tokens: Tokens) -> None:
    """What `create` gives is found again, with name and scope."""
    found = tokens.find(tokens.create("intake", Scope.WRITE))
    assert found is not None
    assert (found.name, found.scope) == ("intake", Scope.WRITE)


@pytest.mark.parametrize(
    "change",
    [
        lambda secret: secret[:-1],
        lambda secret: secret + "x",
        lambda secret: secret.swapcase(),
        lambda secret: secret.replace("kyp_", "pyk_"),
        lambda secret: secret.rpartition("_")[2],
        lambda secret: f"kyp_00000000_{secret.split('_', 2)[2]}",
        lambda _: "",
        lambda _: "kyp__",
        lambda _: "kyp_\0_\0",
        lambda _: "kyp_ü_ü\udc80",
    ],
)
def test_anything_else_opens_nothing(tokens: Tokens, change: "type[str]") -> None:
    """A secret that is off by anything, or of another form, is nobody's."""
    assert tokens.find(change(tokens.create("intake", Scope.READ))) is None


def test_no_secret_is_kept(tokens: Tokens, store: Store) -> None:
    """Whoever reads the database finds no token that opens anything, and no two tokens are alike."""
    made = [tokens.create(f"n{n}", Scope.READ) for n in range(20)]
    with store.engine.connect() as connection:
        kept = str(connection.execute(text("SELECT * FROM access_tokens")).all())
    secrets = {token.split("_", 2)[2] for token in made}
    assert len(secrets) == 20
    assert all(len(secret) >= 43 for secret in secrets)  # 256 bits, six a character
    assert not any(secret in kept for secret in secrets)


def test_a_revoked_token_opens_nothing_and_stays_on_the_list(tokens: Tokens) -> None:
    """Revoked by name or by id; its name is free again, its line says when it ended."""
    secret = tokens.create("intake", Scope.READ)
    tokens.revoke("intake")
    assert tokens.find(secret) is None
    assert tokens.living() == []
    assert [token.revoked_at is not None for token in tokens.all()] == [True]
    again = tokens.find(tokens.create("intake", Scope.READ))
    assert again is not None
    assert tokens.revoke(again.id).id == again.id
    with pytest.raises(InputError, match="intake"):
        tokens.revoke("intake")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\0b", "intake"])
def test_a_name_is_needed_once(tokens: Tokens, name: str) -> None:
    """No name, a name that would break a list, and a name that is taken are refused in words."""
    tokens.create("intake", Scope.READ)
    with pytest.raises(InputError):
        tokens.create(name, Scope.READ)


def test_last_use_is_noted_to_the_minute(tokens: Tokens, clock: Clock) -> None:
    """A use is written down once a minute at most."""
    secret = tokens.create("intake", Scope.READ)
    assert tokens.all()[0].used_at is None
    first = clock.now
    for seconds, noted in ((0, 0), (59, 0), (60, 60)):
        clock.now = first + timedelta(seconds=seconds)
        tokens.find(secret)
        assert tokens.all()[0].used_at == first + timedelta(seconds=noted)


def test_scopes_include_those_before() -> None:
    """An admin may write and read, a writer may read, a reader may read alone."""
    allowed = {scope: [needed for needed in Scope if scope.covers(needed)] for scope in Scope}
    assert allowed == {
        Scope.READ: [Scope.READ],
        Scope.WRITE: [Scope.READ, Scope.WRITE],
        Scope.ADMIN: [Scope.READ, Scope.WRITE, Scope.ADMIN],
    }


def test_a_session_ends_by_time_by_logging_out_and_with_its_token(tokens: Tokens, store: Store, clock: Clock) -> None:
    """A cookie stands for its token until it is too old, is closed, or the token is revoked; rows do not pile up."""
    sessions = Sessions(store.engine, clock, timedelta(hours=12))
    token = tokens.find(tokens.create("ana", Scope.WRITE))
    assert token is not None
    old, closed, living = (sessions.open(token) for _ in range(3))
    assert sessions.find(old) is not None
    assert sessions.find("x" * 43) is None
    sessions.close(closed)
    assert sessions.find(closed) is None
    clock.now += timedelta(hours=12)
    assert sessions.find(living) is None
    late = sessions.open(token)
    with store.engine.connect() as connection:
        rows = str(connection.execute(text("SELECT * FROM web_sessions")).all())
    assert rows.count(token.id) == 1
    assert late not in rows
    assert sessions.find(late) is not None
    tokens.revoke("ana")
    assert sessions.find(late) is None

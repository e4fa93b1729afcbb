"""`kyp token`: who may use the service from elsewhere."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from service.clock import now
from service.scope import Scope
from service.settings import read_settings
from service.store import open_store
from service.tokens import Token, Tokens


def create(name: str, scope: Scope) -> None:
    """Print a new token on standard output, once."""
    with _tokens() as tokens:
        secret = tokens.create(name, scope)
    typer.echo(secret)
    typer.echo(
        f"This is the token of {name!r} ({scope}). It is shown once and kept nowhere: put it away now.", err=True
    )


def show_all(*, as_json: bool) -> None:
    """List the tokens, one line or one JSON object each."""
    with _tokens() as tokens:
        found = tokens.all()
    for token in found:
        typer.echo(json.dumps(_row(token), ensure_ascii=False) if as_json else _line(token))
    if not found:
        typer.echo("There is no token yet: make one with `kyp token create NAME --scope read|write|admin`.", err=True)


def revoke(name_or_id: str) -> None:
    """Close the door to a token; running services know at once."""
    with _tokens() as tokens:
        token = tokens.revoke(name_or_id)
    typer.echo(f"The token {token.name!r} ({token.id}) opens nothing any more; its sessions have ended.")


@contextmanager
def _tokens() -> Iterator[Tokens]:
    store = open_store(read_settings().store_url)
    try:
        yield Tokens(store.engine, now)
    finally:
        store.close()


def _line(token: Token) -> str:
    used = f"used {token.used_at:%Y-%m-%d %H:%M} UTC" if token.used_at else "never used"
    state = f"revoked {token.revoked_at:%Y-%m-%d}" if token.revoked_at else used
    return f"{token.id}  {token.scope:5}  {token.created_at:%Y-%m-%d}  {state:25}  {token.name}"


def _row(token: Token) -> dict[str, str | None]:
    moments = {"created_at": token.created_at, "used_at": token.used_at, "revoked_at": token.revoked_at}
    told = {name: moment.isoformat() if moment else None for name, moment in moments.items()}
    return {"id": token.id, "name": token.name, "scope": token.scope, **told}

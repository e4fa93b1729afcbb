"""The command `kyp`: its commands and options; what they do stands in service/commands and is imported when needed."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from data.errors import KypError
from service.keeping_cli import add_keeping
from service.learning_cli import add_learning
from service.scope import Scope
from service.score_cli import add_scoring

UNEXPECTED, MISUSED, INTERRUPTED = 1, 2, 130
_USAGE: type[Exception] = typer.BadParameter.__mro__[2]  # raised for any wrong call; typer exports only this heir


class _Guarded(TyperGroup):
    """The one catch-all of the command line: an error is one line on standard error, a traceback only with --debug."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 (typer keeps the type of its context to itself)
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KypError as error:
            code, line = MISUSED, f"kyp: {error}"
        except (BrokenPipeError, typer.Exit, typer.Abort, _USAGE):
            raise  # typer's own ways to end: a closed pipe, --help, a word that it does not know
        except KeyboardInterrupt:
            code, line = INTERRUPTED, "kyp: stopped"
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            code, line = UNEXPECTED, f"kyp: unexpected {type(error).__name__}; `kyp --debug …` shows where"
        typer.echo(line, err=True)
        raise typer.Exit(code)


app = typer.Typer(
    name="kyp", cls=_Guarded, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False,
    help="Know your partner: reads client mail and says what drives it, how urgent it is, and what to do.",
)  # fmt: skip
clients = typer.Typer(no_args_is_help=True, help="The clients whose messages are stored.")
app.add_typer(clients, name="clients")
tokens = typer.Typer(no_args_is_help=True, help="Who may use the service from elsewhere.")
app.add_typer(tokens, name="token")

Json = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
Language = Annotated[str | None, typer.Option("--lang", help="Language of the texts: en, fil, ms.")]


@app.callback()
def _root(
    debug: Annotated[bool, typer.Option("--debug", help="Show where an unexpected error happened.")] = False,
) -> None:
    """Know your partner."""


add_scoring(app)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; KYP_HOST or 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; KYP_PORT or 8000.")] = None,
    smtp_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to take mail on (KYP_SMTP_PORT); none where left out.")
    ] = None,
    retain_text: Annotated[
        int | None,
        typer.Option(min=0, metavar="DAYS", help="Drop texts after so many days, keep figures (KYP_RETAIN_TEXT)."),
    ] = None,
) -> None:
    """Serve the pages and the JSON interface; trains first where there is no model yet."""
    from service.commands.serve import run

    run(host, port, smtp_port, retain_text)


@clients.command("list")
def list_clients(json: Json = False) -> None:
    """Name the clients, those who wrote last first, with their commonest signals and the signs that hold."""
    from service.commands.clients import show_all

    show_all(as_json=json)


@clients.command("show")
def show_client(client: str, lang: Language = None, json: Json = False) -> None:
    """Report on one client: signals, signs of a parting with their messages, strategies that fit, facts."""
    from service.commands.clients import show_one

    show_one(client, lang, as_json=json)


@app.command()
def config(
    explain: Annotated[bool, typer.Option("--explain", help="With what each setting means.")] = False,
    json: Json = False,
) -> None:
    """Show every setting, its value and where it comes from; secrets are hidden."""
    from service.commands.config import show

    show(explain=explain, as_json=json)


@tokens.command("create")
def create_token(
    name: str, scope: Annotated[Scope, typer.Option(help="read; write: read and send; admin: all.")] = Scope.WRITE
) -> None:
    """Make an access token and show it, once."""
    from service.commands.token import create

    create(name, scope)


@tokens.command("list")
def list_tokens(json: Json = False) -> None:
    """Name the tokens: id, scope, made on, last used, name."""
    from service.commands.token import show_all

    show_all(as_json=json)


@tokens.command("revoke")
def revoke_token(name: Annotated[str, typer.Argument(metavar="NAME", help="Name or id.")]) -> None:
    """Let a token open nothing any more, at once."""
    from service.commands.token import revoke

    revoke(name)


@app.command()
def agenda(
    today: Annotated[str | None, typer.Option(help="First day of the week, as in 2026-03-05.")] = None,
    lang: Language = None,
    json: Json = False,
) -> None:
    """List what to do this week: check-ins, feedback rounds, recaps, dates that come."""
    from service.commands.agenda import run

    run(today, lang, as_json=json)


add_learning(app)
add_keeping(app)


def main() -> None:
    """Run `kyp`."""
    app()

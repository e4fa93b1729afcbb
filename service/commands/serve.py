"""`kyp serve`: the pages and the JSON interface, on this machine."""

import logging
import socket
import sys
from types import FrameType

import uvicorn

from data.errors import InputError
from service.app import create_app
from service.commands.first_model import ensure_model
from service.judging import build_registry
from service.logs import log_to
from service.server import server_config
from service.settings import Settings, read_with_origins
from service.wiring import Service, build_service

log = logging.getLogger("kyp.serve")


def run(host: str | None, port: int | None) -> None:
    """Serve until stopped; trains first where there is no model yet."""
    settings, origins = read_with_origins(host=host, port=port)
    service = build_service(settings)
    try:
        _need_tokens(service)
        with _taken(settings) as address:  # first, so that a port in use is known before minutes of training
            log_to(sys.stderr, settings.log_format)
            for variable in origins.unknown_variables:
                log.warning("unknown setting", extra={"variable": variable})
            ensure_model(build_registry(settings), log.info)
            _Server(server_config(create_app(service), settings.bounds)).run(sockets=[address])
            log.info("stopped")
    finally:
        service.store.close()


class _Server(uvicorn.Server):
    """Tells its address once it can be reached there, and comes back once it has ended."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        for listener in sockets or ():
            host, port = listener.getsockname()[:2]
            log.info("listening", extra={"url": f"http://{f'[{host}]' if ':' in host else host}:{port}"})

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End in order: uvicorn would then raise the signal anew, and the store would not be closed."""
        super().handle_exit(sig, frame)
        self._captured_signals.clear()


def _need_tokens(service: Service) -> None:
    """Mails are confidential: where others can reach them, whoever asks must show a token, so there must be one."""
    if service.settings.asks_for_tokens and not service.tokens.living():
        raise InputError(
            f"kyp will not listen on {service.settings.host} without access tokens: everybody who can reach it could "
            "read the stored mails. Make one with `kyp token create NAME --scope admin`, or listen on 127.0.0.1."
        )


def _taken(settings: Settings) -> socket.socket:
    """Take the address without listening yet: nobody waits for an answer while a first model is trained."""
    taken = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((settings.host, settings.port))
    except OSError as error:
        taken.close()
        where = f"{settings.host}:{settings.port}"
        raise InputError(f"kyp cannot listen on {where} ({error.strerror}): choose another port with --port") from error
    return taken

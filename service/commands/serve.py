"""`kyp serve`: the pages and the JSON interface, on this machine."""

import asyncio
import logging
import socket
import sys
from contextlib import ExitStack
from types import FrameType

import uvicorn

from data.errors import InputError
from service.answers.settings import check_answers
from service.app import create_app
from service.commands.first_model import ensure_model
from service.companions import Companions
from service.inbound.imap import check_imap
from service.inbound.smtp import check_smtp
from service.judging import build_registry
from service.listening import shown, taken
from service.logs import log_to
from service.server import server_config
from service.settings import read_with_origins
from service.wiring import Service, build_service

log = logging.getLogger("kyp.serve")


def run(host: str | None, port: int | None, smtp_port: int | None, retain_text: int | None) -> None:
    """Serve until stopped; trains first where there is no model yet."""
    settings, origins = read_with_origins(host=host, port=port, smtp_port=smtp_port, retain_text=retain_text)
    check_smtp(settings)
    check_imap(settings)
    check_answers(settings)
    service = build_service(settings)
    try:
        _need_tokens(service)
        with ExitStack() as stack:  # addresses first, so that one in use is known before minutes of training
            address = stack.enter_context(taken(settings.host, settings.port, "--port"))
            mail = None
            if settings.smtp_port is not None:
                mail = stack.enter_context(taken(settings.smtp_host, settings.smtp_port, "--smtp-port"))
            log_to(sys.stderr, settings.log_format)
            for variable in origins.unknown_variables:
                log.warning("unknown setting", extra={"variable": variable})
            ensure_model(build_registry(settings), log.info)
            _Server(service, mail).run(sockets=[address])
            log.info("stopped")
    finally:
        service.store.close()


class _Server(uvicorn.Server):
    """Tells its addresses once they can be reached, and comes back once it and its companions have ended."""

    def __init__(self, service: Service, mail: socket.socket | None) -> None:
        super().__init__(server_config(create_app(service), service.settings.bounds))
        self._mail = mail
        self._scheme = service.settings.smtp_protocol
        self._companions = Companions(service, mail)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        await self._companions.start()
        for listener in sockets or ():
            log.info("listening", extra={"url": shown(listener, "http")})
        if self._mail is not None:
            log.info("listening", extra={"url": shown(self._mail, self._scheme)})

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End both: what was begun is finished."""
        await asyncio.gather(self._companions.stop(), super().shutdown(sockets))

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

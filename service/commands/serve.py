"""`kyp serve`: the pages and the JSON interface, on this machine."""

import logging
import sys
from contextlib import ExitStack

from data.errors import InputError
from service.answers.settings import check_answers
from service.commands.first_model import ensure_model
from service.inbound.imap import check_imap
from service.inbound.smtp import check_smtp
from service.judging import build_registry
from service.listening import taken
from service.logs import log_to
from service.serving import Serving
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
            Serving(service, mail).run(sockets=[address])
            log.info("stopped")
    finally:
        service.store.close()


def _need_tokens(service: Service) -> None:
    """Mails are confidential: where others can reach them, whoever asks must show a token, so there must be one."""
    if service.settings.asks_for_tokens and not service.tokens.living():
        raise InputError(
            f"kyp will not listen on {service.settings.host} without access tokens: everybody who can reach it could "
            "read the stored mails. Make one with `kyp token create NAME --scope admin`, or listen on 127.0.0.1."
        )

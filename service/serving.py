"""One process of the service: the HTTP server and what runs beside it, begun and ended together."""

import asyncio
import logging
import socket
from types import FrameType

import uvicorn

from service.app import create_app
from service.companions import Companions
from service.listening import shown
from service.server import server_config
from service.wiring import Service

log = logging.getLogger("kyp.serve")


class Serving(uvicorn.Server):
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

"""What runs beside HTTP in one process of the service: the mail server, and work that is done again and again."""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Iterator

from service.inbound.folder import Place
from service.inbound.imap import Watch
from service.inbound.smtp import MailServer
from service.logs import places
from service.retention import Retention
from service.wiring import Service

log = logging.getLogger("kyp.work")

LONGEST = 300.0  # seconds between two attempts of work that fails
DAY = 86_400.0  # seconds
GRACE = 10.0  # seconds that open conversations have at the end


class Loop:
    """Work done again and again in a thread of its own: ``step`` does some and gives the seconds until the next.

    A step that fails is tried again after a while that doubles each time.
    """

    def __init__(self, name: str, step: Callable[["Loop"], float], first_pause: float = 2.0) -> None:
        self._name = name
        self._step = step
        self._first_pause = first_pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"kyp-{name}", daemon=True)

    @property
    def over(self) -> bool:
        """Whether a long step should come to its end."""
        return self._over.is_set()

    def start(self) -> None:
        """Begin with the first step."""
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait inside a step or between two; ends sooner where the work is over."""
        self._over.wait(seconds)

    def stop(self) -> None:
        """End after the step that runs."""
        self._over.set()
        self._thread.join(GRACE)

    def _run(self) -> None:
        failures = 0
        while not self.over:
            try:
                pause, failures = self._step(self), 0
            except Exception as error:  # noqa: BLE001 (the one catch-all of this work)
                failures += 1
                pause = min(LONGEST, self._first_pause * 2.0 ** (failures - 1))
                told = {"work": self._name, "again_in": pause, "error": type(error).__name__}
                log.error("work failed", extra=told | {"where": places(error.__traceback__)})
            self.wait(pause)


class Companions:
    """Starts and stops them all, from the event loop of the HTTP server."""

    def __init__(self, service: Service, mail: socket.socket | None) -> None:
        self._listener = mail
        self._mail = MailServer(service.settings, service.intake.take)
        self._loops = tuple(_loops(service))

    async def start(self) -> None:
        """Begin."""
        if self._listener is not None:
            await self._mail.start(self._listener)
        for loop in self._loops:
            loop.start()

    async def stop(self) -> None:
        """End; what is under way is finished, or left where it will be found again."""
        await asyncio.gather(self._mail.stop(GRACE), *(asyncio.to_thread(loop.stop) for loop in self._loops))


def _loops(service: Service) -> Iterator[Loop]:
    """The work that the settings ask for."""
    answering = service.answering
    if answering is not None:
        yield Loop("answers", lambda _: answering.send_next(service.clock()))
    if service.settings.imap_host is not None:
        yield Loop("imap", _watch(service).run)
    retention = Retention(service.store.engine, service.settings.retain_text, service.clock)
    yield Loop("retention", lambda _: _drop(retention))


def _watch(service: Service) -> Watch:
    given = service.settings
    name = f"{given.imap_user}@{given.imap_host}/{given.imap_folder}"
    return Watch(given, Place(service.store.engine, name, service.clock), service.intake.take)


def _drop(retention: Retention) -> float:
    if dropped := retention.run():
        log.info("texts dropped", extra={"messages": dropped})
    return DAY

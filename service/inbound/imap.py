"""A folder of a mail account, read along: every mail in it once, in order; nothing in the folder is changed."""

import imaplib
import logging
import ssl
import time
from collections.abc import Callable
from typing import Protocol

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxStartTls, MailBoxUnencrypted

from data.errors import InputError
from service.handling import Receipt
from service.inbound.delivery import Delivery
from service.inbound.folder import Place
from service.inbound.settings import ImapSettings
from service.store import Beside

log = logging.getLogger("kyp.imap")

MOST = 64 * 1024 * 1024  # bytes of one mail that are fetched; its text stands before its files
_PATIENCE = 60.0  # seconds for each word of the server
_SLICE = 1.0  # seconds after which a wait looks whether it shall end
_AGAIN = 5.0  # seconds until a connection that was lost is made anew

Take = Callable[[Delivery, str, Beside], Receipt]


def check_imap(settings: ImapSettings) -> None:
    """Refuse a folder that nobody could open (InputError)."""
    if settings.imap_host is not None and not (settings.imap_user and settings.imap_password.get_secret_value()):
        raise InputError("A watched folder needs an account: set KYP_IMAP_USER and KYP_IMAP_PASSWORD")


class Running(Protocol):
    """The work that a watch is part of."""

    @property
    def over(self) -> bool:
        """Whether to end."""

    def wait(self, seconds: float) -> None:
        """Wait, or until the end."""


class Watch:
    """Watches one folder. The server's news end the wait where it can tell them (IDLE), else the folder is asked."""

    def __init__(self, settings: ImapSettings, place: Place, take: Take) -> None:
        self._settings = settings
        self._place = place
        self._take = take

    def run(self, running: Running) -> float:
        """Stay connected until the end, or until the connection is lost; gives the seconds to wait before the next one.

        Raises:
            OSError, ImapToolsError, imaplib.IMAP4.error: nothing could be read at all.
        """
        read_once = False
        try:
            mailbox = self._connected()
            try:
                validity = self._opened(mailbox)
                while not running.over:
                    found = self._read(mailbox, validity, running)
                    read_once = True
                    if not found:  # what came while others were read may not be told of again
                        self._wait(mailbox, running)
            finally:
                _leave(mailbox)
        except (OSError, ImapToolsError, imaplib.IMAP4.error) as error:
            if not read_once:
                raise
            log.warning("connection lost", extra={"error": type(error).__name__, "again_in": _AGAIN})
        return _AGAIN

    def _connected(self) -> BaseMailBox:
        given, context = self._settings, ssl.create_default_context()
        host = str(given.imap_host)
        if given.imap_transport == "none":
            return MailBoxUnencrypted(host, given.imap_port or 143, timeout=_PATIENCE)
        if given.imap_transport == "starttls":
            return MailBoxStartTls(host, given.imap_port or 143, timeout=_PATIENCE, ssl_context=context)
        return MailBox(host, given.imap_port or 993, timeout=_PATIENCE, ssl_context=context)

    def _opened(self, mailbox: BaseMailBox) -> int:
        """Log in and open the folder for reading alone; its UIDVALIDITY."""
        given = self._settings
        mailbox.login(given.imap_user, given.imap_password.get_secret_value(), initial_folder=None)
        validity = mailbox.folder.status(given.imap_folder, ["UIDVALIDITY"])["UIDVALIDITY"]
        mailbox.folder.set(given.imap_folder, readonly=True)
        log.info("folder opened", extra={"folder": given.imap_folder, "last": self._place.last(validity)})
        return int(validity)

    def _read(self, mailbox: BaseMailBox, validity: int, running: Running) -> bool:
        """Take every mail that is new, the oldest first; whether there were any."""
        last = self._place.last(validity)
        named = (int(uid) for uid in mailbox.uids(f"UID {last + 1}:*", charset=None))
        found = sorted(uid for uid in named if uid > last)  # `n:*` names the last mail even where its UID is below n
        for uid in found:
            if running.over:
                break
            raw = _fetched(mailbox, uid)
            if raw is None:
                self._place.passed(validity, uid)
                continue
            receipt = self._take(Delivery(raw), "imap", self._place.reached(validity, uid))
            log.info("mail taken", extra={"mail": receipt.assessment.id, "new": receipt.new, "uid": uid})
        return bool(found)

    def _wait(self, mailbox: BaseMailBox, running: Running) -> None:
        if "IDLE" not in mailbox.client.capabilities:
            running.wait(self._settings.imap_seconds)
            return
        end = time.monotonic() + self._settings.imap_seconds
        mailbox.idle.start()  # type: ignore[no-untyped-call]  # imap-tools leaves this one out
        while not running.over and (started := time.monotonic()) < end:
            if mailbox.idle.poll(_SLICE) or time.monotonic() - started < _SLICE / 2:
                break  # news; or the connection has ended, as the next word will show
        mailbox.idle.stop()  # type: ignore[no-untyped-call]


def _fetched(mailbox: BaseMailBox, uid: int) -> bytes | None:
    """The bytes of a mail, which stays unread; None where it was taken away in the meantime."""
    status, parts = mailbox.client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MOST}>)")
    if status != "OK":
        raise imaplib.IMAP4.error("FETCH was refused")
    return next((part[1] for part in parts if isinstance(part, tuple)), None)


def _leave(mailbox: BaseMailBox) -> None:
    try:
        mailbox.logout()
    except (OSError, ImapToolsError, imaplib.IMAP4.error):
        mailbox.client.shutdown()

"""A small IMAP server for tests: one account, one folder, over a real socket (RFC 3501 and IDLE as far as needed)."""

import contextlib
import re
import socket
import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class Folder:
    """What the server holds; ``changed`` wakes who is idle, ``commands`` is what clients asked."""

    validity: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)
    idles: bool = True
    password: str = "secret"
    changed: threading.Condition = field(default_factory=threading.Condition)
    commands: list[str] = field(default_factory=list)

    def put(self, mail: bytes, uid: int | None = None) -> int:
        """Add a mail at the end."""
        with self.changed:
            uid = uid or max(self.mails, default=0) + 1
            self.mails[uid] = mail
            self.changed.notify_all()
        return uid


class ImapPeer(socketserver.ThreadingTCPServer):
    """Serves a folder on a free port of the loopback."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, folder: Folder, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Session)
        self.folder = folder
        self.sessions: list[_Session] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def hang_up(self) -> None:
        """Cut every connection."""
        for session in self.sessions:
            session.finish_now()


class _Session(socketserver.StreamRequestHandler):
    server: ImapPeer
    _told = 0  # mails that the client knows of

    def handle(self) -> None:
        self.server.sessions.append(self)
        self._say("* OK ready")
        try:
            while line := self.rfile.readline():
                tag, _, rest = line.decode().strip().partition(" ")
                name, _, arguments = rest.partition(" ")
                self.server.folder.commands.append(rest)
                if name.upper() == "UID":
                    name, _, arguments = arguments.partition(" ")
                if getattr(self, f"_{name.lower()}", self._unknown)(tag, arguments) is False:
                    return
        except (OSError, ValueError):
            return

    def finish_now(self) -> None:
        """Cut the connection without a word."""
        with contextlib.suppress(OSError):  # it may have ended
            self.connection.shutdown(socket.SHUT_RDWR)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _unknown(self, tag: str, _arguments: str) -> None:
        self._say(f"{tag} BAD unknown")

    def _capability(self, tag: str, _arguments: str) -> None:
        self._say(f"* CAPABILITY IMAP4rev1{' IDLE' if self.server.folder.idles else ''}")
        self._say(f"{tag} OK done")

    def _login(self, tag: str, arguments: str) -> None:
        right = f'"{self.server.folder.password}"' in arguments
        self._say(f"{tag} {'OK done' if right else 'NO [AUTHENTICATIONFAILED] wrong'}")

    def _status(self, tag: str, arguments: str) -> None:
        self._say(f"* STATUS {arguments.split(' (')[0]} (UIDVALIDITY {self.server.folder.validity})")
        self._say(f"{tag} OK done")

    def _examine(self, tag: str, _arguments: str) -> None:
        self._say(f"* {len(self.server.folder.mails)} EXISTS")
        self._say(f"{tag} OK [READ-ONLY] done")

    def _search(self, tag: str, arguments: str) -> None:
        uids = sorted(self.server.folder.mails)
        self._told = len(uids)
        least = int(re.findall(r"UID (\d+):\*", arguments)[0])
        found = [uid for uid in uids if uid >= least] or uids[-1:]  # `n:*` never names nothing
        self._say("* SEARCH " + " ".join(map(str, found)))
        self._say(f"{tag} OK done")

    def _fetch(self, tag: str, arguments: str) -> None:
        uid = int(arguments.split()[0])
        mail = self.server.folder.mails.get(uid)
        if mail is not None:
            self.wfile.write(f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(mail)}}}\r\n".encode() + mail + b")\r\n")
        self._say(f"{tag} OK done")

    def _idle(self, tag: str, _arguments: str) -> None:
        self._say("+ idling")
        done = threading.Event()

        def tell() -> None:
            folder = self.server.folder
            with folder.changed, contextlib.suppress(OSError):  # hung up on while it tells, or closed already
                while not done.is_set():
                    if len(folder.mails) != self._told:
                        self._told = len(folder.mails)
                        self._say(f"* {self._told} EXISTS")
                    folder.changed.wait(0.05)

        teller = threading.Thread(target=tell, daemon=True)
        teller.start()
        self.rfile.readline()
        done.set()
        teller.join()
        self._say(f"{tag} OK done")

    def _logout(self, tag: str, _arguments: str) -> bool:
        self._say("* BYE now")
        self._say(f"{tag} OK done")
        return False

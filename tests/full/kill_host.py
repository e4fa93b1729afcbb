"""Started by the kill test: forks services that are to be killed from a process that has loaded the model.

A line on standard input asks for a service; its process id and ports come back as one JSON line.
"""

import json
import os
import socket
import sys
from pathlib import Path
from typing import NoReturn

from model.registry import Registry
from service.champion import Champion
from service.listening import taken
from service.serving import Serving
from service.settings import Settings
from service.wiring import build_service


def main(home: str, url: str) -> None:
    """Fork services until standard input ends."""
    champion = Champion(Registry(Path(home) / "models"))
    champion.triage()
    settings = Settings(home=Path(home), database_url=url, smtp_port=0)
    for _ in sys.stdin:
        http, mail = taken("127.0.0.1", 0, "--port"), taken("127.0.0.1", 0, "--smtp-port")
        child = os.fork()
        if child == 0:
            _serve(settings, champion, http, mail)
        told = {"pid": child, "http": http.getsockname()[1], "smtp": mail.getsockname()[1]}
        http.close()
        mail.close()
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)


def _serve(settings: Settings, champion: Champion, http: socket.socket, mail: socket.socket) -> NoReturn:
    """The whole service, as `kyp serve` runs it."""
    Serving(build_service(settings, champion=champion), mail).run(sockets=[http])
    os._exit(1)  # whoever is killed does not come so far


if __name__ == "__main__":
    main(*sys.argv[1:])

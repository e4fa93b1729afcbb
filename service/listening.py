"""An address to listen on, taken before anything slow begins, so that one in use is known at once."""

import socket

from data.errors import InputError


def taken(host: str, port: int, option: str) -> socket.socket:
    """Take an address without listening yet (InputError, naming the ``option``, where it cannot be had)."""
    taken = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise InputError(
            f"kyp cannot listen on {host}:{port} ({error.strerror}): choose another port with {option}"
        ) from error
    return taken


def shown(listener: socket.socket, scheme: str) -> str:
    """Where it listens, as a URL."""
    host, port = listener.getsockname()[:2]
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"

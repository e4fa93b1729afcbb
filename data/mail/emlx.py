"""Apple Mail's .emlx: a line with the length, the message, and a property list after it."""


def message(raw: bytes) -> bytes:
    """The raw message inside; a file without the length is taken as it is."""
    first, newline, rest = raw.partition(b"\n")
    length = first.strip()
    if not newline or not length.isdigit() or len(length) > 12:
        return raw
    return rest[: int(length)]

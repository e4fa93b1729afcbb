"""Writes a small .msg: a compound file (MS-CFB) with the few properties that a message needs (MS-OXMSG)."""

import struct
from datetime import UTC, datetime, timedelta

SECTOR, MINI, END, FREE, FAT = 512, 64, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def outlook_message(subject: str, body: str, sender: str, name: str, sent_at: datetime) -> bytes:
    """A message as Outlook saves it."""
    ticks = int((sent_at - datetime(1601, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1)) * 10
    texts = {0x001A: "IPM.Note", 0x0037: subject, 0x1000: body, 0x0C1A: name, 0x5D01: sender}
    streams = {f"__substg1.0_{tag:04X}001F": text.encode("utf-16-le") for tag, text in texts.items()}
    streams["__properties_version1.0"] = bytes(32) + struct.pack("<HHIQ", 0x0040, 0x0039, 6, ticks)
    return compound_file(streams)


def compound_file(streams: dict[str, bytes]) -> bytes:
    """A compound file with these streams at its root, all of them small: they lie in the root's own stream."""
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    small, places, mini_fat = b"", {}, []
    for name in names:
        count = -(-len(streams[name]) // MINI)
        places[name] = len(small) // MINI
        mini_fat += [*range(places[name] + 1, places[name] + count), END]
        small += streams[name].ljust(count * MINI, b"\0")
    entries = [_entry("Root Entry", 5, child=1, start=0, size=len(small))]
    for number, name in enumerate(names, start=1):
        following = number + 1 if number < len(names) else FREE
        entries.append(_entry(name, 2, right=following, start=places[name], size=len(streams[name])))
    directory = _padded(b"".join(entries))
    table = _padded(struct.pack(f"<{len(mini_fat)}I", *mini_fat), b"\xff")
    content = _padded(small)
    counts = [len(part) // SECTOR for part in (content, directory, table)]
    chains: list[int] = []
    for count in counts:
        chains += [*range(len(chains) + 1, len(chains) + count), END]
    fat = _padded(struct.pack(f"<{len(chains) + 1}I", *chains, FAT), b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, counts[0], 0, 4096, counts[0] + counts[1], counts[2], END, 0)
    return head + struct.pack("<109I", len(chains), *[FREE] * 108) + content + directory + table + fat


def _entry(name: str, kind: int, *, right: int = FREE, child: int = FREE, start: int, size: int) -> bytes:
    wide = f"{name}\0".encode("utf-16-le")
    links = struct.pack("<HBBIII", len(wide), kind, 1, FREE, right, child)
    return wide.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def _padded(data: bytes, filler: bytes = b"\0") -> bytes:
    return data + filler * (-len(data) % SECTOR)

"""Mails that are sent as files of a form: .eml as they are, .msg by way of a file, from which Outlook's are read."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from data.mail.archives import open_mails
from data.mail.reading import MAILBOX, read
from data.records import Email
from service.inbound.forms import Form
from service.problems import Problem

OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the first bytes of every compound file, whatever its name
MOST = 100


def mails_in(form: Form, source: str) -> list[Email]:
    """The mails of a form, one a file, in order (Problem 422: no file, a mailbox, or more than a hundred)."""
    files = [file for file in form.files if file.content]
    if not files:
        raise Problem(422, "no_file", "There is no file in this form: send mails (.eml or .msg) as files.")
    if len(files) > MOST:
        raise Problem(422, "too_many_files", f"There are {len(files)} files: send at most {MOST} at once.")
    emails = [read_file(file.content, source) for file in files]
    if any(email.error == MAILBOX for email in emails):  # before anything is stored: a row has room for one mail
        raise Problem(422, MAILBOX.code, MAILBOX.message)
    return emails


def read_file(content: bytes, source: str) -> Email:
    """The mail of one file; bytes that are no mail come back as an ``Email`` with its ``error``.

    Raises:
        MissingExtra: Outlook's files need ``kyp[outlook]``.
    """
    if not content.startswith(OUTLOOK):
        return read(content, source)
    with TemporaryDirectory(prefix="kyp-upload-") as folder:
        path = Path(folder) / "upload.msg"
        path.write_bytes(content)
        return replace(next(iter(open_mails(path))), source=source)

"""What is found in an archive can be read later and elsewhere: the same mails, whichever way they are opened."""

import pickle
import zipfile
from pathlib import Path

import pytest

from data.mail.archives import open_items, open_mails
from data.mail.unread import as_email

MAIL = b"From: Ana <ana@x.example>\nSubject: Drafts %d\nDate: Thu, 5 Mar 2026 17:42:00 +0000\n\nWhere is draft %d?\n"


@pytest.fixture(params=["mbox", "folder", "zip", "jsonl", "csv"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Three mails in one of the kinds of archives."""
    mails = [MAIL % (n, n) for n in range(3)]
    path = tmp_path / f"inbox.{request.param}"
    if request.param == "mbox":
        path.write_bytes(b"".join(b"From ana@x.example Thu Mar  5 17:42:00 2026\n" + mail + b"\n" for mail in mails))
    elif request.param == "folder":
        path.mkdir()
        for number, mail in enumerate(mails):
            (path / f"{number}.eml").write_bytes(mail)
    elif request.param == "zip":
        with zipfile.ZipFile(path, "w") as packed:
            for number, mail in enumerate(mails):
                packed.writestr(f"{number}.eml", mail)
    elif request.param == "jsonl":
        path.write_text("".join(f'{{"subject": "Drafts {n}", "body": "Where is it?"}}\n' for n in range(3)))
    else:
        path.write_text("subject,body,from\n" + "".join(f"Drafts {n},Where is it?,\n" for n in range(3)))
    return path


def test_items_travel_and_are_read_as_the_same_mails(archive: Path) -> None:
    """An item that went through a pickle, as to another process, reads as the mail that a plain stream gives."""
    items = [pickle.loads(pickle.dumps(item)) for item in open_items(archive)]  # noqa: S301 (our own bytes)
    assert list(map(as_email, items)) == list(open_mails(archive))
    assert [as_email(item).subject for item in items] == ["Drafts 0", "Drafts 1", "Drafts 2"]

"""The inbox for the first run holds varied mails, all readable but one, and shows every archive form alike."""

from importlib.resources import files
from pathlib import Path

from data.mail.archives import open_mails

SAMPLES = Path(str(files("data").joinpath("samples")))


def test_the_sample_inbox_reads_whole_but_for_one_broken_mail() -> None:
    """At least 26 mails, exactly one unreadable, forwards unwrapped to their clients, one automatic reply."""
    emails = list(open_mails(SAMPLES / "inbox.mbox"))
    broken = [email for email in emails if email.error]
    assert len(emails) >= 26
    assert [email.error.code for email in broken if email.error] == ["unreadable_mail"]
    assert sum(email.kind == "auto_reply" for email in emails) == 1
    assert sum(email.forwarder is not None for email in emails) >= 8
    assert all(email.client and not email.client.endswith("talastudio.example") for email in emails if not email.error)


def test_single_files_say_the_same_as_the_mailbox() -> None:
    """The .eml files are the mailbox's mails."""
    mailbox = [(email.client, email.subject, email.text) for email in open_mails(SAMPLES / "inbox.mbox")]
    assert [(email.client, email.subject, email.text) for email in open_mails(SAMPLES / "eml")] == mailbox

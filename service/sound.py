"""Mails made fit for UTF-8: some charsets smuggle in halves of characters, which neither SQL nor JSON can take."""

from dataclasses import replace

from data.records import Email


def sound(email: Email) -> Email:
    """The mail with each lone surrogate replaced by U+FFFD; offsets into its texts stay right."""
    texts = (email.source, email.subject, email.text, email.client, email.client_name, email.message_id)
    if all(_encodable(text) for text in (*texts, email.raw_text) if text):
        return email
    return replace(
        email,
        source=_mended(email.source),
        subject=_mended(email.subject),
        text=_mended(email.text),
        raw_text=_mended(email.raw_text),
        client=email.client and _mended(email.client),
        client_name=email.client_name and _mended(email.client_name),
        message_id=email.message_id and _mended(email.message_id),
    )


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _mended(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)

"""The one tree of errors that kyp raises on purpose; each message names the thing and the way out."""


class KypError(Exception):
    """Base of every expected error; its text can be shown to a user as it is.

    Attributes:
        code: a short stable name for machines, such as ``empty_message``.
    """

    code = "error"


class InputError(KypError):
    """What the caller gave cannot be used (a file, a request, a record)."""

    code = "bad_input"


class Conflict(InputError):
    """What the caller gave cannot be used as things stand now (a name that is taken)."""

    code = "conflict"


class NoMails(InputError):
    """A file that is no holder of mails: of no known kind, or a table without a column of texts."""


class ArtifactError(KypError):
    """A model on disk is missing, damaged, tampered with or of another version."""

    code = "bad_artifact"


class MissingExtra(KypError):
    """An optional part was asked for whose dependency is not installed."""

    code = "missing_extra"

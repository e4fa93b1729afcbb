"""Addresses to go on to: what a stranger writes into a link must not lead to another site."""


def own_page(path: str) -> str:
    """The path where it is one of ours, else the start page."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours else "/"

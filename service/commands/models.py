"""`kyp models`: what is in the registry."""


def show_all() -> None:
    """Name the models, the one in use marked."""


def show_one(version: str) -> None:
    """Print what is known of one model."""

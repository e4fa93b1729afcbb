"""The HTTP server under the application: one configuration for `kyp serve` and for the tests."""

from fastapi import FastAPI
from uvicorn import Config


def server_config(app: FastAPI, *, port: int = 0) -> Config:
    """Uvicorn for ``app``; who is behind a proxy, and what is logged, is the application's own affair."""
    return Config(app, port=port, proxy_headers=False, access_log=False, log_level="warning", server_header=False)

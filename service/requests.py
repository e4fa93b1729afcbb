"""What a route takes from its request: the Service behind the application."""

from typing import Annotated, cast

from fastapi import Depends, Request

from service.wiring import Service


def service_of(request: Request) -> Service:
    """The Service that the application was built around."""
    return cast("Service", request.app.state.service)


Here = Annotated[Service, Depends(service_of)]

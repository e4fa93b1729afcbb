"""Style sheet, scripts, fonts and icon: they tell nothing of a mail, so a browser may keep them."""

from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles


class Assets(StaticFiles):
    """Files that a browser keeps, and asks after by their tag, so that a new version is seen at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 (Starlette's own parameters)
        """The file, or 304 where the browser has it."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response

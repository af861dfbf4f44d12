"""The console's own files and the vendored one: read once, each under one name, never a path from a request."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brightline.console.errors import ConsoleError

_TYPES = {"js": "text/javascript", "mjs": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
# The verifier that anybody can run stands with oversight; the key ceremony renders and digests with it.
VERIFIER = "verify_release.mjs"


class StaticFiles:
    """Serves what the pages load."""

    def __init__(self) -> None:
        found = [entry for entry in files("brightline.console").joinpath("static").iterdir() if entry.is_file()]
        self._files = {entry.name: entry.read_bytes() for entry in found}
        self._files[VERIFIER] = files("brightline.oversight").joinpath("verifier", VERIFIER).read_bytes()

    def routes(self) -> list[Route]:
        """Where they stand."""
        return [Route("/static/{name}", self.serve, methods=["GET"])]

    async def serve(self, request: Request) -> Response:
        """One file; raises `ConsoleError` when there is none of that name."""
        name = str(request.path_params["name"])
        content = self._files.get(name)
        kind = _TYPES.get(name.rpartition(".")[2])
        if content is None or kind is None:
            raise ConsoleError("console/no-page")
        return Response(content, media_type=kind, headers={"Cache-Control": "no-cache"})

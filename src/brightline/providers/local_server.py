"""The child process of the local model: `python -m brightline.providers.local_server --model PATH --port N`.

Prints `ready PORT` once it answers and ends when its standard input closes. Everything llama.cpp says goes to standard
error, whichever stream it meant.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from brightline.providers.local import MODEL_NAME

CONTEXT_TOKENS = 4096
SLOTS = 4  # calls at once; they share the context and the one thread
# The one that the weights bring does not know tools, and the server then passes over those of a call in silence.
TEMPLATE_NAME = "chat_template.jinja"
_PROMPT_CACHE_MIB = 32  # llama.cpp's default of 8 GiB would grow with every call


class _Threads(Protocol):
    n_threads: int


class _Model(Protocol):
    path: str


class _Parameters(Protocol):
    """The part of llama.cpp's parameters that is set here."""

    model: _Model
    cpuparams: _Threads
    cpuparams_batch: _Threads
    hostnames: list[str]
    model_alias: set[str]
    port: int
    n_ctx: int
    n_parallel: int
    n_gpu_layers: int
    n_threads_http: int
    cache_ram_mib: int
    verbosity: int
    kv_unified: bool
    offline: bool
    ui: bool
    endpoint_slots: bool
    chat_template: str


class _Server(Protocol):
    listening_address: str


class _Runner(Protocol):
    """What is used of the package `xllamacpp`, which ships no types."""

    def CommonParams(self) -> _Parameters: ...  # noqa: N802

    def Server(self, parameters: _Parameters) -> _Server: ...  # noqa: N802


def configure(parameters: _Parameters, *, model: str, port: int, own_template: bool) -> _Parameters:
    """Small, quiet, offline, one thread (more spin against each other on a loaded machine), loopback only."""
    parameters.model.path = model
    parameters.model_alias = {MODEL_NAME}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 1
    parameters.n_threads_http = SLOTS + 4  # a streamed call holds one each; the rest answer health and counting
    parameters.n_gpu_layers = 0
    parameters.n_ctx = CONTEXT_TOKENS
    parameters.n_parallel = SLOTS
    parameters.kv_unified = True
    parameters.cache_ram_mib = _PROMPT_CACHE_MIB
    parameters.verbosity = 1
    parameters.offline = True
    parameters.ui = False
    parameters.endpoint_slots = False
    if not own_template:
        parameters.chat_template = Path(__file__).with_name(TEMPLATE_NAME).read_text(encoding="utf-8")
    return parameters


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until the standard input closes."""
    parser = argparse.ArgumentParser(description="serve one model file on the loopback")
    parser.add_argument("--model", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--own-template", action="store_true", help="the chat template that the weights bring")
    given = parser.parse_args(arguments)
    speaking = os.dup(1)
    os.dup2(2, 1)
    runner = cast("_Runner", importlib.import_module("xllamacpp"))
    parameters = configure(runner.CommonParams(), model=given.model, port=given.port, own_template=given.own_template)
    server = runner.Server(parameters)
    os.write(speaking, b"ready %s\n" % server.listening_address.rpartition(":")[2].encode())
    sys.stdin.buffer.read()
    os._exit(0)  # llama.cpp's threads have nothing to save, and joining them can take as long as a generation


if __name__ == "__main__":
    main()

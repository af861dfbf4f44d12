"""The local model: SmolLM2 under llama.cpp, in a child process of one thread.

INVARIANT: the gateway's own process never imports `xllamacpp`; the child listens on the loopback only.
"""

import importlib.util
import sys
from pathlib import Path

from brightline.providers.child import ChildServer
from brightline.providers.errors import LocalModelError

MODEL_NAME = "smollm2-135m-instruct"
READY_SECONDS = 60.0  # 0.6 s on a quiet machine; a cold disk or a busy one takes tens


async def start_local_model(
    weights: Path, *, port: int = 0, own_template: bool = False, ready_seconds: float = READY_SECONDS
) -> ChildServer:
    """Serve `weights` on the loopback, on a free port unless one is given; raises `LocalModelError`.

    With `own_template` conversations are put to it as the weights say, not by our template, which offers tools. The
    server speaks `/v1/chat/completions`, `/v1/messages` and `/v1/messages/count_tokens` under `MODEL_NAME`.
    """
    if importlib.util.find_spec("xllamacpp") is None:
        raise LocalModelError("providers/local-missing")
    # -I: neither the working folder nor PYTHON* variables decide what the child imports.
    argv = [sys.executable, "-I", "-m", "brightline.providers.local_server"]
    argv += ["--model", str(weights), "--port", str(port), *(["--own-template"] if own_template else [])]
    return await ChildServer.start(argv, ready_seconds=ready_seconds)

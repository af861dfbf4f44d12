"""The verifier in JavaScript as the tests ask it: one process of Node, one line each way."""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from brightline.domain.sign_off.canonical import Json

PRODUCT = Path(__file__).parents[2] / "src" / "brightline" / "oversight" / "verifier" / "verify_release.mjs"
DRIVER = Path(__file__).with_suffix(".mjs")
# Lines sent before the first answer is read: bounded, or both sides would wait for each other's full pipe.
_AT_ONCE = 64
NODE = shutil.which("node")

Answer = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Judged:
    """What an effector has before it judges: all bytes but the tool, the state as read, and the time."""

    bundle: bytes
    revocations: bytes
    tool: str
    arguments: bytes
    preconditions: Mapping[str, str]
    now_ms: int


class SecondVerifier:
    """A running verifier; `module` is the product's own or a copy in which checks can be passed over."""

    def __init__(self, module: Path = PRODUCT) -> None:
        assert NODE is not None, "node is missing: install the Debian package nodejs"
        self._process = subprocess.Popen(
            [NODE, "--no-warnings", str(DRIVER), str(module)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._judged: Judged | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=30)

    def ask(self, job: str, **given: object) -> Answer:
        """The answer to one question; bytes are sent in base64."""
        return next(self.ask_all([{"job": job, **given}]))

    def verify(self, release: bytes, judged: Judged) -> str | None:
        """The code with which `release` is refused, or none."""
        return cast("str | None", next(self.verify_all([(release, judged)]))["code"])

    def verify_all(self, pairs: Iterable[tuple[bytes, Judged]]) -> Iterator[Answer]:
        """The answer to each release, in order."""
        return self.ask_all({"job": "verify", "release": release, "judged": judged} for release, judged in pairs)

    def ask_all(self, questions: Iterable[Mapping[str, object]]) -> Iterator[Answer]:
        """The answers in order."""
        waiting = iter(questions)
        sent = self._send_all(islice(waiting, _AT_ONCE))
        while sent:
            # One batch ahead, so that it is answered while whoever asks looks at the one before.
            ahead = self._send_all(islice(waiting, _AT_ONCE))
            for _ in range(sent):
                yield self._receive()
            sent = ahead

    def _send_all(self, questions: Iterable[Mapping[str, object]]) -> int:
        count = 0
        for question in questions:
            self._send(question)
            count += 1
        assert self._process.stdin is not None
        self._process.stdin.flush()
        return count

    def _send(self, question: Mapping[str, object]) -> None:
        judged = question.get("judged")
        if isinstance(judged, Judged):
            # Sent again only when it changes: a bundle is as large as a release.
            known, self._judged = judged is self._judged, judged
            question = {**question, "judged": None if known else asdict(judged)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question, default=_encode).encode() + b"\n")

    def _receive(self) -> Answer:
        assert self._process.stdout is not None
        return cast("Answer", json.loads(self._process.stdout.readline()))


def _encode(value: object) -> str:
    assert isinstance(value, bytes)
    return base64.b64encode(value).decode()

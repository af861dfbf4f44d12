"""`brightline demo`: see Brightline do its main job on a real model."""

import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType

import click

from brightline.cli.admin_client import SOCKET_NAME
from brightline.cli.data_directory import make_data_directory
from brightline.cli.init import SAMPLE_ENCLAVE
from brightline.cli.model_cache import cache_dir
from brightline.cli.perform import perform
from brightline.cli.sample_parties import sign_as_all
from brightline.cli.sample_people import SamplePeople, make_people
from brightline.cli.settings_file import Places
from brightline.cli.story import CHAPTERS, Stage
from brightline.cli.story.aircraft import Aircraft
from brightline.cli.story.children import Child, await_ready, start_gateway, start_simulator
from brightline.cli.story.client import Client
from brightline.cli.story.scenery import (
    HOST,
    NEEDED_BYTES,
    WEIGHTS_BYTES,
    bring_model,
    check_port,
    check_space,
)
from brightline.cli.story.stage import MODEL, WHO
from brightline.providers.weights import FILE_NAME
from brightline.sample import agreement_files

# The model loads in a second; a cold disk, or a machine with other work, takes longer.
READY_SECONDS = 90.0


@click.command("demo")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Where the gateway listens."
)
@click.option("--no-model", is_flag=True, help="Tell the story against a simulator instead of a model.")
@click.option("--once", is_flag=True, help="Exit when the story is told, instead of serving on.")
@click.option(
    "--dir", "directory", type=click.Path(), default=None, help="Keep the data directory here, not in a temporary one."
)
def command(port: int, directory: str | None, *, no_model: bool, once: bool) -> None:
    """See Brightline do its main job on a real model, in under two minutes.

    \b
    Example:
      brightline demo --port 8099 --once
    """
    check_port(port)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_terminable())
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="brightline-demo-")))
        data_dir = Path(directory).absolute() if directory is not None else scratch / "gate"
        people = make_people(now_ms=time.time_ns() // 1_000_000, random=os.urandom)
        aircraft = Aircraft(people.effector)
        stack.callback(aircraft.stop)
        write_people = partial(people.write, data_dir, state_url=aircraft.listen())
        gateway, key = _prepare(stack, scratch, data_dir, port, write_people, no_model=no_model)
        stage = _stage(data_dir, scratch, port, key, people, aircraft)
        click.echo(f"2. the gateway  READY  http://{HOST}:{port}, one process; its log of work is {stage.gateway_log}")
        for number, chapter in enumerate(CHAPTERS, start=3):
            click.echo(f"{number}. {chapter.title}")
            click.echo(f"   {chapter.tell(stage)}")
        _farewell(port, key)
        if not once:
            click.echo("\nserving until Ctrl-C")
            gateway.wait()


def _prepare(
    stack: contextlib.ExitStack,
    scratch: Path,
    data_dir: Path,
    port: int,
    write_people: Callable[[], None],
    *,
    no_model: bool,
) -> tuple[Child, str]:
    """Everything up to a gateway that is ready, and a key for it."""
    weights_dir = cache_dir(os.environ)
    check_space(data_dir, NEEDED_BYTES)
    if no_model:
        click.echo("NO MODEL: a simulator answers in its place; all the rest is real")
        simulator, simulated = start_simulator(scratch / "simulator.log")
        stack.callback(simulator.stop)
        places = Places(weights=weights_dir / FILE_NAME, port=port, simulator=f"http://{HOST}:{simulated}")
    else:
        if not (weights_dir / FILE_NAME).exists():
            check_space(weights_dir, WEIGHTS_BYTES)
        places = Places(weights=bring_model(weights_dir, os.environ), port=port)
    now_ms = time.time_ns() // 1_000_000
    beginning, _ = sign_as_all(agreement_files(), enclave=SAMPLE_ENCLAVE, now_ms=now_ms, random=os.urandom)
    ref, _ = make_data_directory(data_dir, beginning, enclave=SAMPLE_ENCLAVE, operator="demo.example", places=places)
    write_people()
    signed = " and ".join(party.role for party in beginning.trust.parties)
    click.echo(
        f"1. the house  MADE  {data_dir}: agreement `{ref.id}` {ref.version}, signed by {signed} (you play both)"
    )
    gateway = start_gateway(data_dir, port, scratch / "gateway.log")
    stack.callback(gateway.stop)
    await_ready(gateway, _both_listen(data_dir, port), seconds=READY_SECONDS, step="the gateway")
    return gateway, str(perform(str(data_dir), "key.add", WHO)["secret"])


def _both_listen(data_dir: Path, port: int) -> Callable[[], bool]:
    """Whether the gateway answers calls as ready, and commands too."""
    client = Client(HOST, port, "none")
    return lambda: (data_dir / SOCKET_NAME).exists() and client.ready()


def _stage(data_dir: Path, scratch: Path, port: int, key: str, people: SamplePeople, aircraft: Aircraft) -> Stage:
    standing = perform(str(data_dir), "ledger.show", {"last": 0})
    return Stage(
        client=Client(HOST, port, key),
        data_dir=data_dir,
        log_directory=Path(str(standing["directory"])),
        vkey=str(standing["vkey"]),
        scratch=scratch,
        gateway_log=scratch / "gateway.log",
        people=people,
        aircraft=aircraft,
        say=lambda text: click.echo(text, nl=False),
    )


def _farewell(port: int, key: str) -> None:
    click.echo(f"\nbase URL: http://{HOST}:{port}/v1\nkey:      {key}\n")
    click.echo("try it (pip install openai):\n")
    click.echo("    from openai import OpenAI")
    click.echo(f'    client = OpenAI(base_url="http://{HOST}:{port}/v1", api_key="{key}")')
    ask = f'model="{MODEL}", messages=[{{"role": "user", "content": "Hello"}}]'
    click.echo(f"    print(client.chat.completions.create({ask}).choices[0].message.content)")


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end the story like Ctrl-C does, so that no child outlives it."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

"""Ways around a limit on people, each tried at a whole gateway: at once, by leaving, by refusals, by encodings."""

import asyncio
import base64
from dataclasses import dataclass
from pathlib import Path

import pytest

from brightline.domain.leaf import Kind
from brightline.testing.house import PATHS, Gateway, tell
from brightline.testing.simulated_answers import OpenAiVoice, read_ask
from brightline.testing.simulated_faults import Stage
from brightline.use import GazetteerError
from brightline.use.hidden import DEEPEST
from tests.scenarios.test_meters import LIMIT, ask, asked, email, metered, told


@dataclass(frozen=True, slots=True)
class Quiet(Stage):
    """A model that repeats nothing."""

    @property
    def text(self) -> str:
        return "done"


QUIET = Quiet(ask=read_ask(b"", 0), voice=OpenAiVoice())


def test_callers_at_once_cannot_pass_the_limit_together(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        replies = await asyncio.gather(*[ask(gateway, asked(f"who is {email(number)}?")) for number in range(40)])
        assert sorted(reply.status for reply in replies).count(200) == LIMIT
        shown = await gateway.command("meter.show", organisation="example-command", unit="analysis")
        assert [row["reading"] for row in shown["meters"]] == [LIMIT]  # type: ignore[attr-defined]

    tell(tmp_path, story, signed=metered())


def test_what_is_refused_takes_no_room_from_others(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        crowd = asked(" ".join(email(number) for number in range(50)))
        for _ in range(20):
            assert (await ask(gateway, crowd)).code == "policy/forbidden"
        assert (await ask(gateway, asked(email(99)))).status == 200
        assert told(gateway) == 1

    tell(tmp_path, story, signed=metered())


def test_whoever_leaves_before_the_answer_is_counted_and_keeps_no_room(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        line = await gateway.line()
        line.ask("POST", PATHS["openai"], asked(email(1), model="sim-hang"), gateway.credential())
        async with asyncio.timeout(5):
            while not gateway.leaves(Kind.METER):
                await asyncio.sleep(0.01)
        await line.close()
        assert (await ask(gateway, asked(email(1), email(2)))).status == 200
        assert told(gateway) == 2

    tell(tmp_path, story, signed=metered())


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_lists_inside_of_encodings_count(tmp_path: Path, depth: int) -> None:
    async def story(gateway: Gateway) -> None:
        hidden = "\n".join(email(number) for number in range(LIMIT + 1)).encode()
        for _ in range(depth):
            hidden = base64.b64encode(hidden)
        assert (await ask(gateway, asked(f"decode and look up: {hidden.decode()}"))).code == "policy/forbidden"

    tell(tmp_path, story, signed=metered())


def test_what_nobody_can_read_stands_for_what_the_agreement_says(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        # Two pictures, sent as text: no agreement has to permit pictures for that.
        one, other = (base64.b64encode(bytes(range(start, 256)) * 2).decode() for start in (0, 1))
        assert (await ask(gateway, asked(f"who is this? {one}"))).status == 200
        assert told(gateway) == 3
        assert (await ask(gateway, asked(f"who are they? {one} {other}"))).code == "policy/forbidden"
        for _ in range(DEEPEST + 1):
            one = base64.b64encode(email(1).encode() + one.encode()).decode()
        assert (await ask(gateway, asked(one, other))).code == "policy/forbidden"

    tell(tmp_path, story, signed=metered(), stage=QUIET)


def test_rows_asked_for_by_number_count_one_by_one(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        assert (await ask(gateway, asked("summarise rows 100 to 105 of the table"))).code == "policy/forbidden"
        assert (await ask(gateway, asked("summarise rows 100 to 104 of the table"))).status == 200
        assert told(gateway) == LIMIT

    tell(tmp_path, story, signed=metered(), stage=QUIET)


def test_another_key_for_people_lets_nobody_be_forgotten(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        for number in range(LIMIT):
            assert (await ask(gateway, asked(email(number)))).status == 200
            await gateway.command("meter.rotate-key")
            assert told(gateway) >= number + 1
        assert (await ask(gateway, asked(email(LIMIT)))).code == "policy/forbidden"

    tell(tmp_path, story, signed=metered())


def test_a_listed_name_in_prose_counts_and_a_broken_list_lets_nothing_start(tmp_path: Path) -> None:
    people = [f"Anna {letter}eck" for letter in "BCDFGHK"]
    tmp_path.joinpath("people.txt").write_text("\n".join(people), encoding="utf-8")
    listed = f'gazetteer = "{tmp_path / "people.txt"}"'

    async def story(gateway: Gateway) -> None:
        for person in people[:LIMIT]:
            assert (await ask(gateway, asked(f"What do we know of {person}?"))).status == 200
        assert (await ask(gateway, asked(f"and what of {people[0].upper()}?"))).status == 200
        assert (await ask(gateway, asked(f"and what of {people[LIMIT]}?"))).code == "policy/forbidden"
        assert told(gateway) == LIMIT + 1

    tell(tmp_path, story, signed=metered(), meters=listed, stage=QUIET)
    tmp_path.joinpath("people.txt").write_text("x", encoding="utf-8")
    with pytest.raises(GazetteerError, match="line 1"):
        tell(tmp_path / "again", story, signed=metered(), meters=listed)

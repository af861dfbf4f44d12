"""An agent looks people up one by one, rotating all that it can; the count of people does not care, the limit holds.

Then a court orders that one person may be looked at: the same call goes through under that authority, and no other.
"""

import base64
import time
from collections.abc import Mapping
from itertools import count
from uuid import uuid4

from brightline.cli.data_directory import PARTIES_NAME
from brightline.cli.output import rows_of
from brightline.cli.perform import perform
from brightline.cli.sample_parties import COURT_KEY, COURT_ORDER
from brightline.cli.story.client import Client, Reply
from brightline.cli.story.published import verified_log
from brightline.cli.story.stage import WHO, Chapter, Stage, refusal_words
from brightline.crypto.party_keys import load
from brightline.crypto.signatures import sign
from brightline.domain.authority import Authority, Signature, SignedAuthority
from brightline.domain.leaf import Kind

STEP = "people, one by one"
METER, REFUSED = "people", "policy/forbidden"
UNIT = {"organisation": WHO["organisation"], "unit": WHO["unit"]}
MODELS = ("analyst", "small", "smollm2")
MISSIONS = ("reporting", "translation", "training")
ACCOUNTS = (("ben", "demo"), ("cleo", "map"), ("dan", "inbox"))
AUTHORITY = "order-1"
# Far above the sample's limit: whoever is never refused is told so, and not asked for ever.
MOST_CALLS = 200
_DAY_MS = 86_400_000


def tell(stage: Stage) -> str:
    """Ask about one person after another until it is refused; then under a court's order."""
    clients = [_account(stage, *account) for account in ACCOUNTS]
    asked, refused = _look_up(clients)
    told = _meter(stage)
    why = f"the meter tells {told['reading']} of {told['most']} people after {asked} were let through"
    stage.expect(told["reading"] == told["most"] and 0 < asked <= MOST_CALLS, step=STEP, why=why)
    stage.say(
        f"   asked:    who somebody is, {asked + 1} times, each time about another person, in a session of its own, by "
        f"{len(ACCOUNTS)} accounts in {len(ACCOUNTS)} apps, for {len(MISSIONS)} missions, of {len(MODELS)} models\n"
    )
    words = refusal_words(stage, refused, step=STEP, code=REFUSED)
    stage.say(f"   the {asked + 1}th:  {words}\n")
    stage.say(_inspected(stage, told))
    return _under_authority(stage, clients[0], asked)


def _account(stage: Stage, name: str, app: str) -> Client:
    """A client with a key of its own."""
    asked = {**WHO, "name": name, "app": app, "missions": list(MISSIONS)}
    return stage.client.with_key(str(perform(str(stage.data_dir), "key.add", asked)["secret"]))


def _look_up(clients: list[Client]) -> tuple[int, Reply]:
    """How many calls were answered before one was not, and that one's answer."""
    for number in count():
        reply = _ask(clients[number % len(clients)], number)
        if reply.status != 200 or number == MOST_CALLS:
            return number, reply
    raise AssertionError("`count` ended")


def _ask(client: Client, number: int, claims: Mapping[str, str] | None = None) -> Reply:
    body = {
        "model": MODELS[number % len(MODELS)],
        "messages": [{"role": "user", "content": f"Who is {_address(number)}?"}],
        "user": f"session-{uuid4()}",
        "max_tokens": 1,
        "temperature": 0,
    }
    mission = {"brightline-mission": MISSIONS[number // len(MODELS) % len(MISSIONS)]}
    return client.ask(body, {**mission, **(claims or {})})


def _address(number: int) -> str:
    return f"person{number}@example.org"


def _meter(stage: Stage) -> Mapping[str, object]:
    """What the meter of people tells of the unit, with the number beyond which a use is refused."""
    rows = rows_of(perform(str(stage.data_dir), "meter.show", UNIT), "meters")
    row = next((row for row in rows if row["meter"] == METER), {})
    limits = rows_of(row, "limits") if row else []
    stage.expect(bool(limits), step=STEP, why="the agreement has no limit on people")
    return {"reading": row["reading"], "most": limits[0]["most"], "days": _days(row["seconds"])}


def _days(seconds: object) -> int:
    return seconds * 1000 // _DAY_MS if isinstance(seconds, int) else 0


def _inspected(stage: Stage, told: Mapping[str, object]) -> str:
    """The lines of what an inspector sees: the count, the entries that hold it, and that they give it again."""
    verified = verified_log(stage, step=STEP)
    again = perform(str(stage.data_dir), "meter.rebuild", {})
    stage.expect(again["differing"] == 0, step=STEP, why=f"counted again from the log it is another number: {again}")
    where, entries = f"{UNIT['organisation']}/{UNIT['unit']}", verified.counts.get(Kind.METER, 0)
    return (
        f"   counted:  {told['reading']} people in {told['days']} days for {where}, limit {told['most']}\n"
        f"             the log holds {entries} meter entries, of keyed hashes; counted again from them: the same\n"
        "   checked:  brightline meter show, brightline meter rebuild\n"
    )


def _under_authority(stage: Stage, client: Client, number: int) -> str:
    """Register a court's order on the person who was refused; the line of what it lets through, and what not."""
    place = str(stage.data_dir)
    now_ms = time.time_ns() // 1_000_000
    wanted = {
        "id": AUTHORITY,
        "kind": COURT_ORDER,
        "issuer": "Example Court",
        **UNIT,
        "not_before_ms": now_ms,
        "expires_ms": now_ms + 30 * _DAY_MS,
        "persons": [{"kind": "email", "value": _address(number)}],
    }
    drafted = Authority.parse(str(perform(place, "authority.draft", wanted)["authority"]).encode())
    key = load(stage.data_dir / PARTIES_NAME / COURT_KEY, "")
    signed = SignedAuthority(drafted, (Signature(key.public.id, sign(key, drafted.tagged)),))
    sent = {"signed": base64.b64encode(signed.canonical).decode()}
    entry = perform(place, "authority.register", sent)["entry"]
    stage.say(f"   ordered:  a court signs `{AUTHORITY}`, which names that one person; registered as entry {entry}\n")
    under = {"brightline-authority": AUTHORITY}
    named, other = _ask(client, number, under), _ask(client, number + 1, under)
    why = f"under the order the answers were {named.status} and {other.status}"
    stage.expect((named.status, other.status) == (200, 403), step=STEP, why=why)
    return f"ANSWERED  the same call under `{AUTHORITY}`; about anybody else it is REFUSED as before"


CHAPTER = Chapter(STEP, tell)

"""The chapter when the count of people does not hold, or an authority covers everybody: the story stops and says so."""

import os
from types import SimpleNamespace

import pytest

from brightline.cli.errors import StoryError
from brightline.cli.story import people
from brightline.cli.story.client import Reply
from brightline.crypto.party_keys import ED25519, create, save
from brightline.domain.authority import Authority, SignedAuthority

LIMIT = 4
REASON = {"policy": "law-people-counted", "layer": "law", "text": "too many people"}


class House:
    """A gateway that counts people as it is told to."""

    def __init__(self, refused) -> None:
        self._refused = refused
        self.court = create(ED25519, os.urandom)
        self.asked: list[tuple[str, dict[str, object], dict[str, str]]] = []
        self.known: set[str] = set()
        self.covered: set[str] = set()
        self.limit = LIMIT
        self.limits = [{"most": LIMIT}]
        self.differing = 0
        self.covers_all = False

    def client(self, key: str) -> SimpleNamespace:
        return SimpleNamespace(ask=lambda body, claims: self.ask(key, body, claims), with_key=self.client)

    def ask(self, key, body, claims) -> Reply:
        self.asked.append((key, body, claims))
        who = body["messages"][0]["content"]
        ordered = "brightline-authority" in claims and (self.covers_all or who in self.covered)
        if not ordered and len(self.known | {who}) > self.limit:
            return self._refused("policy/forbidden", [REASON])
        self.known |= set() if ordered else {who}
        return Reply(200, {}, b"{}")

    def perform(self, data, command, asked):
        if command == "key.add":
            return {"secret": f"{asked['name']}/{asked['app']}"}
        if command == "meter.show":
            row = {"meter": "people", "reading": len(self.known), "seconds": 30 * 86_400, "limits": self.limits}
            return {"meters": [row]}
        if command == "meter.rebuild":
            return {"differing": self.differing}
        if command == "authority.draft":
            self.covered = {f"Who is {one['value']}?" for one in asked["persons"]}
            return {"authority": self.drafted(asked)}
        return self.registered(command, asked)

    def drafted(self, asked) -> str:
        said = {name: value for name, value in asked.items() if name != "persons"}
        authority = Authority(**said, agreement="sample", persons=("0a1b2c3d4e5f6071",))
        return authority.canonical.decode()

    def registered(self, command, asked):
        assert command == "authority.register"
        signed = SignedAuthority.parse(people.base64.b64decode(asked["signed"]))
        assert [each.key for each in signed.signatures] == [self.court.public.id]
        return {"entry": 9}


@pytest.fixture
def house(stage, monkeypatch, refused, verified) -> House:
    made = House(refused)
    stage.client.with_key = made.client
    (stage.data_dir / "parties").mkdir()
    save(stage.data_dir / "parties" / people.COURT_KEY, made.court, "")
    monkeypatch.setattr(people, "perform", made.perform)
    monkeypatch.setattr(people, "verified_log", lambda stage, *, step: verified(9, meter=5))
    return made


def test_whatever_is_rotated_the_limit_refuses_and_an_order_lets_one_through(stage, house, said) -> None:
    assert people.CHAPTER.tell(stage) == (
        "ANSWERED  the same call under `order-1`; about anybody else it is REFUSED as before"
    )
    told = "".join(said)
    assert "asked:    who somebody is, 5 times" in told
    assert "the 5th:  REFUSED  by the law layer, rule `law-people-counted`: too many people" in told
    assert "4 people in 30 days for example-command/analysis, limit 4" in told
    assert "holds 5 meter entries" in told
    rotated = house.asked[: LIMIT + 1]
    assert len({key for key, _, _ in rotated}) == len(people.ACCOUNTS)
    assert len({body["model"] for _, body, _ in rotated}) == len(people.MODELS)
    assert len({body["user"] for _, body, _ in rotated}) == len(rotated)
    assert len({claims["brightline-mission"] for _, _, claims in rotated}) > 1


def test_who_is_never_refused_ends_the_story(stage, house, monkeypatch) -> None:
    monkeypatch.setattr(people, "MOST_CALLS", 6)
    house.limit = 99
    with pytest.raises(StoryError):
        people.CHAPTER.tell(stage)


def test_an_agreement_without_a_limit_ends_the_story(stage, house) -> None:
    house.limits = []
    with pytest.raises(StoryError, match="no limit on people"):
        people.CHAPTER.tell(stage)


def test_another_count_from_the_log_ends_the_story(stage, house) -> None:
    house.differing = 1
    with pytest.raises(StoryError, match="another number"):
        people.CHAPTER.tell(stage)


def test_an_order_for_everybody_ends_the_story(stage, house) -> None:
    house.covers_all = True
    with pytest.raises(StoryError, match="200 and 200"):
        people.CHAPTER.tell(stage)

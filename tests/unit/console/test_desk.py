import asyncio
import base64

import pytest

from brightline.console.desk import Form, Seat, file_of
from brightline.console.errors import ConsoleError
from brightline.console.ports import Person
from brightline.testing.console import SimulatedConsole
from tests.unit.console.visitor import Visitor


def refused(call: object, *args: object, **kwargs: object) -> str:
    assert callable(call)
    with pytest.raises(ConsoleError) as error:
        call(*args, **kwargs)
    return error.value.code


def test_a_field_is_held_against_its_form() -> None:
    form = Form({"text": "a\r\nb", "choice": "yes", "bytes": base64.b64encode(b"\xff").decode(), "hex": "0a" * 16})
    assert form.text("text") == "a\nb"
    assert form.text("none") == ""
    assert form.choice("choice", ("yes", "no")) == "yes"
    assert form.octets("bytes") == b"\xff"
    assert form.hex("hex", 16) == "0a" * 16
    assert refused(form.text, "text", most=2) == "console/bad-form"
    assert refused(form.choice, "choice", ("no",)) == "console/bad-form"
    assert refused(form.octets, "none") == "console/bad-form"
    assert refused(form.hex, "hex", 32) == "console/bad-form"


def test_a_file_is_never_a_page() -> None:
    file = file_of(b"<script>", "name.json")
    assert file.media_type == "application/octet-stream"
    assert file.headers["content-disposition"] == 'attachment; filename="name.json"'


def test_a_session_without_a_person_has_no_seat(console: SimulatedConsole) -> None:
    visitor = Visitor(console)
    visitor.get("/sign-in")
    visitor.cookies["brightline"] = visitor.cookies["brightline-visit"]
    assert visitor.get("/").status == 303


def test_a_seat_has_the_person_of_this_moment(console: SimulatedConsole, alice: Visitor) -> None:
    console.journeys.add_person("alice", "duty-officer")
    person = asyncio.run(console.journeys.person("alice"))
    assert person == Person("alice", frozenset({"duty-officer"}))
    assert alice.get("/").status == 200
    assert Seat.__slots__ == ("session", "person")


def test_a_refusal_leads_on(console: SimulatedConsole, alice: Visitor) -> None:
    assert '<a href="/">Go to the inbox</a>' in alice.get("/none").text
    assert '<a href="/sign-in">Sign in</a>' in Visitor(console).post("/sign-out").text

"""Signing in and out, and enrolling a passkey.

INVARIANT: a session is under a new cookie from the moment somebody signs in. A failure counts against the address; the
page says the same whether the person, the key or the passkey was wrong.
"""

import base64
import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brightline.console.config import SESSION_HOURS
from brightline.console.desk import Desk, Form, Seat, file_of, peer_of, see
from brightline.console.errors import ConsoleError
from brightline.console.ports import NewPasskey, PasskeyAnswer, Person
from brightline.console.sessions import Session
from brightline.domain.errors import BrightlineError

_NEXT = re.compile(r"/(holds/[0-9a-f]{32}|reviews|oversight|passkeys)?")
_CHALLENGE_BYTES = 32
_NONCE_BYTES = 16


class SignIn:
    """The pages before the inbox, and the one about passkeys."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """Where they stand."""
        return [
            Route("/sign-in", self.ask, methods=["GET"]),
            Route("/sign-in/key", self.with_key, methods=["POST"]),
            Route("/sign-in/passkey", self.with_passkey, methods=["POST"]),
            Route("/sign-out", self.out, methods=["POST"]),
            Route("/passkeys", self.passkeys, methods=["GET"]),
            Route("/passkeys", self.enrol, methods=["POST"]),
            Route("/passkeys/{key}/enrolment", self.enrolment_file, methods=["GET"]),
        ]

    async def ask(self, request: Request) -> Response:
        """The page that asks who you are."""
        return self._page(request, after=_next(request.query_params.get("next", "/")))

    async def with_key(self, request: Request) -> Response:
        """Sign in with a Brightline key."""
        form = await self._visitor_form(request)
        secret, peer = form.text("key"), peer_of(request)
        try:
            self._desk.limit.check(peer)
            person = await self._desk.ask(self._desk.journeys.sign_in_with_key(secret, peer))
        except BrightlineError as error:
            return self._failed(request, form, error)
        return self._welcome(request, person, form)

    async def with_passkey(self, request: Request) -> Response:
        """Sign in with a passkey."""
        form = await self._visitor_form(request)
        try:
            self._desk.limit.check(peer_of(request))
            answer = answer_in(form, form.octets("challenge"))
            if not self._visitor(request).take(answer.challenge, self._desk.clock_ms()):
                raise ConsoleError("console/old-challenge")
            person = await self._desk.ask(self._desk.journeys.sign_in_with_passkey(answer))
        except BrightlineError as error:
            return self._failed(request, form, error)
        return self._welcome(request, person, form, credential=answer.credential)

    async def out(self, request: Request) -> Response:
        """Sign out."""
        seat = await self._desk.newcomers_seat(request)
        await self._desk.form(request, seat.session)
        self._desk.sessions.sign_out(request.cookies.get(self._desk.config.cookie, ""))
        response = see("/sign-in")
        response.delete_cookie(self._desk.config.cookie, path="/", secure=self._desk.config.secure, httponly=True)
        return response

    async def passkeys(self, request: Request) -> Response:
        """The person's passkeys, and a form to make another."""
        return await self._passkey_page(await self._desk.newcomers_seat(request))

    async def enrol(self, request: Request) -> Response:
        """Keep a new passkey until the directory asserts it."""
        seat = await self._desk.newcomers_seat(request)
        form = await self._desk.form(request, seat.session)
        made = NewPasskey(
            nonce=form.hex("nonce", 16),
            credential=form.octets("credential"),
            attestation=form.octets("attestation"),
            client_data=form.octets("client_data"),
        )
        if not seat.session.take(bytes.fromhex(made.nonce), self._desk.clock_ms()):
            raise ConsoleError("console/old-challenge")
        key = await self._desk.ask(self._desk.journeys.enrol(seat.person.name, made))
        return await self._passkey_page(seat, enrolled=key)

    async def enrolment_file(self, request: Request) -> Response:
        """The enrolment of a passkey, for whoever keeps the directory."""
        seat = await self._desk.newcomers_seat(request)
        key = str(request.path_params["key"])
        content = await self._desk.ask(self._desk.journeys.enrolment_file(seat.person.name, key))
        return file_of(content, "enrolment.json")

    async def _passkey_page(self, seat: Seat, enrolled: str | None = None) -> Response:
        name, nonce = seat.person.name, self._desk.random(_NONCE_BYTES)
        found = await self._desk.ask(self._desk.journeys.passkeys(name))
        challenge = await self._desk.ask(self._desk.journeys.enrolment_challenge(name, nonce.hex()))
        seat.session.give(nonce, self._desk.clock_ms())
        return self._desk.page(
            "passkeys.html",
            seat,
            here="/passkeys",
            told="" if enrolled is None else "Your passkey was taken",
            passkeys=found,
            enrolled=enrolled,
            nonce=nonce.hex(),
            challenge=base64.b64encode(challenge).decode(),
            # The user handle tells nothing of the person (WebAuthn section 14.6.1).
            user=base64.b64encode(nonce).decode(),
        )

    def _page(
        self, request: Request, *, after: str, error: BrightlineError | None = None, status: int = 200
    ) -> Response:
        session = self._desk.sessions.find(request.cookies.get(self._visit_cookie, ""))
        cookie = ""
        if session is None:
            cookie, session = self._desk.sessions.visit()
        response = self._desk.page(
            "sign_in.html",
            None,
            status,
            token=session.form_token,
            error=error,
            next=after,
            challenge=self._challenge(session),
        )
        if cookie:
            self._set_cookie(response, self._visit_cookie, cookie)
        return response

    @property
    def _visit_cookie(self) -> str:
        # Not the session's own: a link from elsewhere comes without it (`SameSite=Strict`) and must not replace it.
        return f"{self._desk.config.cookie}-visit"

    def _visitor(self, request: Request) -> Session:
        session = self._desk.sessions.find(request.cookies.get(self._visit_cookie, ""))
        if session is None:
            raise ConsoleError("console/foreign-form")
        return session

    async def _visitor_form(self, request: Request) -> Form:
        return await self._desk.form(request, self._visitor(request))

    def _challenge(self, session: Session) -> str:
        challenge = self._desk.random(_CHALLENGE_BYTES)
        session.give(challenge, self._desk.clock_ms())
        return base64.b64encode(challenge).decode()

    def _failed(self, request: Request, form: Form, error: BrightlineError) -> Response:
        self._desk.limit.failed(peer_of(request))
        return self._page(request, after=_next(form.text("next")), error=error, status=error.status)

    def _welcome(self, request: Request, person: Person, form: Form, *, credential: bytes = b"") -> Response:
        config, newcomer = self._desk.config, not person.roles
        cookie, session = self._desk.sessions.sign_in(request.cookies.get(config.cookie, ""), person.name)
        session.newcomer, session.credential = newcomer, credential
        self._desk.sessions.sign_out(request.cookies.get(self._visit_cookie, ""))
        response = see("/passkeys" if newcomer else _next(form.text("next")))
        self._set_cookie(response, config.cookie, cookie)
        response.delete_cookie(self._visit_cookie, path="/", secure=config.secure, httponly=True)
        return response

    def _set_cookie(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(
            name,
            value,
            max_age=SESSION_HOURS * 3600,
            path="/",
            secure=self._desk.config.secure,
            httponly=True,
            samesite="strict",
        )


def answer_in(form: Form, challenge: bytes) -> PasskeyAnswer:
    """The passkey's answer that a form carries; raises `ConsoleError` when a part is missing."""
    return PasskeyAnswer(
        challenge=challenge,
        credential=form.octets("credential"),
        authenticator_data=form.octets("authenticator_data"),
        client_data=form.octets("client_data"),
        signature=form.octets("signature"),
    )


def _next(path: str) -> str:
    return path if _NEXT.fullmatch(path) else "/"

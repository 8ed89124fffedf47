"""Reading and erasing the persons of applications: recorded first, then done."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from starlette.responses import Response

from api.applications import Person
from api.bodies import decode_into
from api.carrying import Answer, Keyed, carry_out
from api.free_text import without_id_numbers
from api.openapi import path_parameters
from api.problems import Problem
from api.reads import refuse_unknown
from api.routes import ADMINS, READERS
from api.security import Guard, Sender, rule
from api.services import Services
from api.writes import body_of, json_response
from domain import commands as c
from domain.named import named, showing
from domain.papers import Lost, Part, Purpose, SealedPerson
from domain.values import FreeText

READABLE = "readable"


class Revealed(msgspec.Struct, frozen=True):
    """`state` is readable, erased, or unreadable: then the texts are empty."""

    part: Part
    subject: str
    state: str
    name: str = ""
    phone: str = ""
    id_number: str = ""


class PersonsOfPass(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    pass_id: str
    persons: Sequence[Revealed]


class Erasure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: FreeText = ""


class Erased(Answer, frozen=True):
    """`erased` counts those whose keys were destroyed just now; `documents` all."""

    erased: int = 0
    documents: int = 0


class PersonRoutes:
    def __init__(self, services: Services, guard: Guard) -> None:
        self._services, self._guard = services, guard

    def install(self, app: FastAPI) -> None:
        for path, method, endpoint, summary, extra in (
            ("/v1/passes/{pass_id}/persons", "GET", self.reveal, _REVEAL, _READ),
            ("/v1/passes/{pass_id}/erasures", "POST", self.erase_pass, _ERASE, _BODY),
            ("/v1/persons/{subject}/erasures", "POST", self.erase, _ERASE, _BODY),
            ("/v1/retention-runs", "POST", self.retain, _RETAIN, _ANSWER),
        ):
            docs = extra | {
                "parameters": [*path_parameters(path), *extra.get("parameters", ())]
            }
            app.add_api_route(
                path, endpoint, methods=[method], summary=summary, openapi_extra=docs
            )

    @rule(READERS)
    async def reveal(self, request: Request) -> Response:
        """Who reads, and why, is in the log before anything is opened."""
        sender = self._guard.admit(request, READERS)
        asked = dict(request.query_params)
        refuse_unknown(asked, ("purpose",))
        command = self._command(
            c.RevealPersons,
            sender,
            pass_id=request.path_params["pass_id"],
            purpose=asked.get("purpose", Purpose.REVIEW),
        )
        answer = await carry_out(self._services.application, Keyed(command))
        a_pass = self._services.application.state(command.stream)
        persons = list(named(a_pass.request))
        found = PersonsOfPass(
            now=self._services.clock(),
            position=answer.position,
            pass_id=answer.id,
            persons=await asyncio.to_thread(self._open, persons),
        )
        return json_response(found)

    @rule(ADMINS)
    async def erase_pass(self, request: Request) -> Response:
        sender = self._guard.admit(request, ADMINS)
        told = decode_into(Erasure, await body_of(request))
        pass_id = request.path_params["pass_id"]
        command = self._command(
            c.ErasePassPersons, sender, pass_id=pass_id, reason=told.reason
        )
        answer = await carry_out(self._services.application, Keyed(command))
        a_pass = self._services.application.state(command.stream)
        subjects = [person.subject for _, person in named(a_pass.request)]
        papers = [document.hash for document in a_pass.documents]
        return await self._erased(answer, pass_id, subjects, papers)

    @rule(ADMINS)
    async def erase(self, request: Request) -> Response:
        """One person, and the documents that show whoever plays that part."""
        sender = self._guard.admit(request, ADMINS)
        told = decode_into(Erasure, await body_of(request))
        subject = request.path_params["subject"]
        command = self._command(
            c.ErasePerson, sender, subject=subject, reason=told.reason
        )
        answer = await carry_out(self._services.application, Keyed(command))
        person = self._services.application.state(command.stream)
        a_pass = self._services.application.state(f"pass:{person.pass_id}")
        papers = showing(a_pass.documents, person.part)
        return await self._erased(answer, person.pass_id, [subject], papers)

    @rule(ADMINS)
    async def retain(self, request: Request) -> Response:
        """What the node does every hour, now."""
        self._guard.admit(request, ADMINS)
        done = await asyncio.to_thread(self._services.keeper.run)
        return json_response(done._asdict())

    async def _erased(
        self,
        answer: Answer,
        pass_id: str,
        subjects: Sequence[str],
        papers: Sequence[str],
    ) -> Response:
        """Finish also what an earlier request began and a power cut left undone."""
        state = self._services.application.state
        due = [s for s in subjects if not state(f"person:{s}").is_erased]
        erase = self._services.eraser.erase
        count = await asyncio.to_thread(erase, pass_id, due, papers)
        told = msgspec.structs.asdict(answer)
        found = Erased(**told, erased=count, documents=len(papers))
        return json_response(found, 201)

    def _open(self, persons: Sequence[tuple[Part, SealedPerson]]) -> list[Revealed]:
        opened = []
        for part, person in persons:
            text = self._services.persons.reveal(person, part)
            if isinstance(text, Lost):
                opened.append(Revealed(part, person.subject, text))
                continue
            told = msgspec.json.decode(text, type=Person)
            fields = msgspec.structs.asdict(told)
            opened.append(Revealed(part, person.subject, READABLE, **fields))
        return opened

    @staticmethod
    def _command(kind: type[c.Command], sender: Sender, **fields: Any) -> Any:
        values = without_id_numbers(kind, fields | {"by": sender.reporter})
        try:
            return msgspec.convert(values, kind)
        except msgspec.ValidationError as error:
            raise Problem(422, "invalid-parameter", str(error)) from error


_REVEAL = "Who is named in the application; the reading is recorded"
_ERASE = "Erase the keys of persons: nothing sealed for them can be read again"
_RETAIN = "Erase persons whose pass was over long ago, and documents nobody named"
_READ: dict[str, Any] = {
    "parameters": [
        {
            "name": "purpose",
            "in": "query",
            "required": False,
            "schema": {"type": "string", "enum": list(Purpose)},
        }
    ],
    "responses": {
        "200": {"description": "The persons, readable or with why they are not"},
        "4XX": {"description": "A problem (RFC 9457) with a stable code"},
    },
}
_ANSWER: dict[str, Any] = {
    "responses": {
        "200": {"description": "What was erased"},
        "4XX": {"description": "A problem (RFC 9457) with a stable code"},
        "503": {"description": "The read models are behind; try again"},
    },
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {"reason": {"type": "string", "maxLength": 1000}},
                    "additionalProperties": False,
                },
                "example": {"reason": "本人申请"},
            }
        },
    },
    "responses": {
        "201": {"description": "Erased"},
        "4XX": {"description": "A problem (RFC 9457) with a stable code"},
    },
}

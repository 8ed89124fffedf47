"""Erasing persons, through the running node; retention, now instead of hourly."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli.console import DEFAULT_DATA, Data, fail, say
from cli.node import NodeClient, events_db
from cli.vault import opened
from domain.events import PassRequested
from domain.named import named
from infra import mapper
from infra.event_store import Reader
from infra.vault import Keyring, LostError

PAGE = 2000
Subject = Annotated[str, typer.Argument(help="As `persons` of an application names it")]
ByIdNumber = Annotated[
    bool, typer.Option("--id-number", help="Ask for it, and find all who have it")
]


def erase(
    subject: Subject = "",
    pass_id: Annotated[str, typer.Option("--pass", help="Everybody in it")] = "",
    by_id_number: ByIdNumber = False,  # noqa: FBT002 -- an option of the command line
    reason: Annotated[str, typer.Option(help="It stands in the log")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Erase a person for good; figures and passes stay as they are."""
    if sum(map(bool, (subject, pass_id, by_id_number))) != 1:
        fail("Name a subject, or --pass ID, or --id-number")
    node = NodeClient(data)
    paths = [f"/v1/passes/{pass_id}/erasures"] if pass_id else []
    if subject:
        paths.append(f"/v1/persons/{subject}/erasures")
    if by_id_number:
        number = typer.prompt("ID number", hide_input=True).strip().upper()
        paths += [f"/v1/persons/{s}/erasures" for s in _who_has(data, number)]
    done = [node.post(path, {"reason": reason}) for path in paths]
    persons = sum(answer["erased"] for answer in done)
    documents = sum(answer["documents"] for answer in done)
    say(f"{persons} persons and {documents} documents erased")


def retention(data: Data = DEFAULT_DATA) -> None:
    """Erase whose pass was over long ago, and documents that nobody named."""
    done = NodeClient(data).post("/v1/retention-runs", {})
    say(
        f"{done['persons']} persons and {done['documents']} documents of"
        f" {done['applications']} applications erased, {done['swept']} documents swept"
    )
    if done["left"]:
        fail(f"{done['left']} are left for the next run; the node's log says why")


def _who_has(data: Path, number: str) -> Iterator[str]:
    """Subjects with this ID number: every living person is opened and compared.

    No index could lead there: it would lead others there too.
    """
    with opened(data) as (store, keks):
        keyring = Keyring(store, keks)
        for event in _applications(data):
            for part, person in named(event):
                try:
                    text = keyring.reveal(person.subject, part, person.sealed)
                except LostError:
                    continue
                if msgspec.json.decode(text).get("id_number") == number:
                    yield person.subject


def _applications(data: Path) -> Iterator[PassRequested]:
    reader, since = Reader(events_db(data)), 0
    while page := reader.page(since, PAGE):
        for _, _, _, topic, state in page:
            if topic == PassRequested.TOPIC:
                event = mapper.decode(topic, state)
                assert isinstance(event, PassRequested)
                yield event
        since = page[-1][0]
    reader.close()

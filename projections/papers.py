"""Which applications name a document."""

from collections.abc import Iterable

import msgspec

from domain import events as e
from projections.dossiers import kinds
from projections.model import Fold


class Naming(msgspec.Struct, frozen=True):
    """The applications that name it, the newest last."""

    passes: tuple[str, ...] = ()


class Papers(Fold[Naming]):
    name = "papers"
    row = Naming

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        match event:
            case e.PassRequested() | e.PassInformationSupplied():
                return kinds(event)
        return ()

    def fold(self, row: Naming | None, event: e.DomainEvent) -> Naming:
        pass_id = event.originator_id.partition(":")[2]
        before = row.passes if row else ()
        return Naming(tuple(dict.fromkeys((*before, pass_id))))

"""Export: the whole trail as lines of JSON in a file, and an entry in the trail that says so."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from rbm import audit
from rbm.access import Actor, Permission
from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Conflict, Invalid
from rbm.services.audit.canonical import Walk, block_line, entry_line, walk
from rbm.work import begin


@dataclass(frozen=True)
class Exported:
    """How much went into the file, and the SHA-256 of it."""

    file: str
    entries: int
    blocks: int
    sha256: str


def export(engine: sa.Engine, actor: Actor, path: Path) -> Exported:
    """Write the trail to a new file, entries and blocks in their canonical form.

    The file appears when it is complete and its entry in the trail is committed, or not at all. Invalid where there is
    no such folder, Conflict where there is such a file, Forbidden without the permission to read the trail.
    """
    if not path.parent.is_dir():
        raise Invalid("there is no such folder", "file")
    if path.exists():
        raise Conflict("there is such a file already", "file")
    with begin(engine, actor, "export_audit") as work:
        work.require(Permission.READ_AUDIT)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            done = _write(engine, actor, file, path.name)
        with begin(engine, actor, "export_audit") as work:
            audit.note(work.session, AuditKind.EXPORTED, AuditEntry.__tablename__, None, vars(done))
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return done


def _write(engine: sa.Engine, actor: Actor, file: BinaryIO, name: str) -> Exported:
    digest, entries, blocks = hashlib.sha256(), 0, 0
    with begin(engine, actor, "export_audit", writes=False) as work, walk(work.session) as along:
        for line, sealing in _lines(along):
            digest.update(line)
            file.write(line)
            entries, blocks = entries + (not sealing), blocks + sealing
    file.flush()
    os.fsync(file.fileno())
    return Exported(name, entries, blocks, digest.hexdigest())


def _lines(along: Walk) -> Iterator[tuple[bytes, bool]]:
    """Each line, and whether it is that of a block, which follows its entries."""
    for block in along.blocks():
        yield from ((entry_line(entry), False) for entry in along.until(block.last_id))
        yield block_line(block, hash=block.hash), True
    yield from ((entry_line(entry), False) for entry in along.until())

"""The audit trail: sealed into a chain of blocks, verified, exported, read."""

from rbm.services.audit.exporting import Exported, export
from rbm.services.audit.reading import find_trail, person
from rbm.services.audit.sealing import Head, Sealed, newest_head, seal
from rbm.services.audit.verifying import Fault, Verdict, verify

__all__ = [
    "Exported",
    "Fault",
    "Head",
    "Sealed",
    "Verdict",
    "export",
    "find_trail",
    "newest_head",
    "person",
    "seal",
    "verify",
]

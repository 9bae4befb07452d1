"""How much one IATI file may ask of the machine that reads it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for one file; sizes in bytes after decompression, the ratio is decompressed by compressed."""

    size: int = 2 * 1024**3
    ratio: int = 1000
    ratio_from: int = 50 * 1024**2
    elements: int = 2_000_000


DEFAULT = Limits()

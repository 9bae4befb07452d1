"""The bytes of one file, plain or gzipped, handed out under limits and with the line they stand on."""

import gzip
import io
import zlib
from typing import BinaryIO

from rbm.errors import Invalid
from rbm.files.iati.limits import Limits

GZIP_MAGIC = b"\x1f\x8b"


def unreadable(line: int, reason: str) -> Invalid:
    """Return the refusal of a whole file, naming the line (from 1) where reading ended."""
    return Invalid(f"The file cannot be read, line {max(line, 1)}: {reason}.", field="file")


class Counted:
    """A readable file that counts the bytes taken from it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._peeked = b""
        self.count = 0

    def peek(self, size: int) -> bytes:
        """Return the next bytes without taking them."""
        while len(self._peeked) < size and (piece := self._file.read(size - len(self._peeked))):
            self._peeked += piece
        return self._peeked[:size]

    def read(self, size: int = -1, /) -> bytes:
        """Take up to `size` bytes; none at the end."""
        piece, self._peeked = self._peeked, b""
        piece = piece or self._file.read(size)
        self.count += len(piece)
        return piece

    def seek(self, _offset: int, /) -> int:
        """Refuse: a file is read once, from front to back."""
        raise io.UnsupportedOperation


class Stream:
    """The decompressed bytes of a file; `line` is the line (from 1) that the next byte stands on."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._packed = Counted(file)
        self._limits = limits
        self._size = 0
        self.line = 1
        gzipped = self._packed.peek(2) == GZIP_MAGIC
        self._plain = gzip.GzipFile(fileobj=self._packed) if gzipped else self._packed

    def read(self, size: int) -> bytes:
        """Take up to `size` bytes; raises Invalid for a broken gzip and for what exceeds the limits."""
        try:
            piece = self._plain.read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
            raise unreadable(self.line, "its gzip compression is broken or cut off") from fault
        self._size += len(piece)
        self.line += piece.count(b"\n")
        self._check()
        return piece

    def _check(self) -> None:
        if self._size > self._limits.size:
            raise unreadable(self.line, f"it is larger than {self._limits.size:,} bytes")
        allowed = self._packed.count * self._limits.ratio
        if self._size > max(self._limits.ratio_from, allowed):
            raise unreadable(self.line, f"it unpacks to more than {self._limits.ratio:,} times its size")

"""Reads the cells of a workbook, after its parts were found to be safe. Formulas stay the text they are."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from rbm.errors import Invalid

SHEET = "Recommendations"
MOST_PARTS = 500
MOST_UNPACKED = 60_000_000
"""Bytes of all parts together, counted while unpacking: what a workbook says of itself is not believed."""
MOST_LINES = 100_000
"""Rows that are looked at, the empty ones too."""
CHUNK = 65_536
ACTIVE = ("vbaproject", "externallink", "embeddings/", "activex", "ctrlprops", "connections.xml", "macrosheets")
"""Parts that run, or fetch from elsewhere."""
UNREADABLE = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What damaged archives and damaged XML raise in the libraries that read them."""


def read_workbook(content: bytes, name: str, most_columns: int) -> Iterator[Sequence[Any]]:
    """The rows of the sheet `Recommendations`, or of the only one; the empty ones too. Invalid when it is unsafe."""
    _refuse_unsafe(content, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns of drop-downs and styles it leaves out: nothing we read
        try:
            yield from _cells(content, name, most_columns)
        except UNREADABLE as error:
            raise Invalid(f"{name} cannot be read as a workbook ({type(error).__name__})", "file") from None


def _cells(content: bytes, name: str, most_columns: int) -> Iterator[Sequence[Any]]:
    book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        if SHEET not in book.sheetnames and len(book.sheetnames) != 1:
            raise Invalid(f"{name} has several sheets: call the one to read {SHEET}", "file")
        sheet: Any = book[SHEET if SHEET in book.sheetnames else book.sheetnames[0]]
        if not hasattr(sheet, "iter_rows"):
            raise Invalid(f"{name} has no sheet of cells", "file")
        sheet.reset_dimensions()
        for row, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            if row > MOST_LINES:
                raise Invalid(f"{name} has more than {MOST_LINES:,} rows", "file")
            yield _trimmed(cells, most_columns)
    finally:
        book.close()


def _trimmed(cells: Sequence[Any], most: int) -> Sequence[Any]:
    """The cells, without empty ones beyond the most there may be."""
    return cells if len(cells) <= most or any(cell is not None for cell in cells[most:]) else cells[:most]


def _refuse_unsafe(content: bytes, name: str) -> None:
    """Nothing, when a workbook is an archive of bounded size without macros, links, entities and odd names."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _refuse_names([part.filename for part in parts], name)
            left = MOST_UNPACKED
            for part in parts:
                left -= _unpacked(archive, part, name, left)
    except UNREADABLE as error:
        raise Invalid(f"{name} cannot be read as a workbook ({type(error).__name__})", "file") from None


def _refuse_names(names: list[str], name: str) -> None:
    if len(names) > MOST_PARTS or len(names) != len(set(names)):
        raise Invalid(f"{name} has too many parts, or two of one name", "file")
    if any(part.startswith("/") or "\\" in part or ".." in part.split("/") for part in names):
        raise Invalid(f"{name} has parts that lead out of it", "file")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Invalid(f"{name} is an archive, but no .xlsx workbook", "file")
    for part in names:
        if any(word in part.lower() for word in ACTIVE):
            raise Invalid(f"{name} holds macros, links or objects ({part}): save it as a plain .xlsx", "file")


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, most: int) -> int:
    """How many bytes a part unpacks to. Invalid when they are more than `most`, or declare a document type."""
    size, before = 0, b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise Invalid(f"{name} unpacks to more than {MOST_UNPACKED:,} bytes", "file")
            if b"<!DOCTYPE" in before + chunk or b"\0" in chunk[:4]:
                raise Invalid(f"{name} holds XML with a document type or in UTF-16 ({part.filename})", "file")
            before = chunk[-16:]
    return size

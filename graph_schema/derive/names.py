"""Names: how words of the code read in the schema."""

from graphene.utils.str_converters import to_camel_case


def camel(name: str) -> str:
    """`set_baseline` as `setBaseline`."""
    return to_camel_case(name)


def pascal(name: str) -> str:
    """`set_baseline` as `SetBaseline`."""
    return "".join(part.title() for part in name.split("_"))


def plural(name: str) -> str:
    """`category` as `categories`, `office` as `offices`."""
    return f"{name.removesuffix('y')}ies" if name.endswith("y") else f"{name}s"


def sentence(text: str | None) -> str:
    """A docstring on one line."""
    return " ".join((text or "").split())

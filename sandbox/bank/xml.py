"""Elements of ISO 20022 as text: nested pairs of name and content, in the order of the schema."""

from xml.sax.saxutils import escape


class Element:
    """One element; what is None is left out."""

    def __init__(self, name: str, *inside: "str | Element | None", **attributes: str) -> None:
        self._name = name
        self._inside = [part for part in inside if part is not None]
        self._attributes = attributes

    def __str__(self) -> str:
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in self._attributes.items())
        inside = "".join(escape(part) if isinstance(part, str) else str(part) for part in self._inside)
        return f"<{self._name}{attributes}>{inside}</{self._name}>"


def document(message: str, root: Element) -> str:
    """A whole message in its namespace."""
    space = {"xmlns": f"urn:iso:std:iso:20022:tech:xsd:{message}"}
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Element("Document", root, **space)}\n'


def euros(cents: int) -> str:
    """Without a sign: the direction stands beside."""
    return f"{abs(cents) // 100}.{abs(cents) % 100:02}"


def amount(name: str, cents: int) -> Element:
    return Element(name, euros(cents), Ccy="EUR")


def side(cents: int) -> Element:
    return Element("CdtDbtInd", "DBIT" if cents < 0 else "CRDT")

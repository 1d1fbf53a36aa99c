"""XML of banks as small trees of local names. Bounded in depth, in parts and in bytes; a DOCTYPE is refused, so no
entity is ever declared and none expanded.

Whoever parses names the elements that are turned into values as soon as they close: of a statement with 10,000
entries never more than one entry's tree is held.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from xml.parsers import expat

from bankstatements.errors import Unreadable

_DEEPEST = 48
_MOST_NODES = 250_000
"""Held at once. What is turned into a value counts no more."""
_MOST_VALUES = 100_000
_LONGEST_TEXT = 20_000

Convert = Callable[["Node"], object]


class Node:
    """An element: its local name, its own text, its children; `value` is what it was turned into when it closed."""

    __slots__ = ("_pieces", "children", "currency", "name", "value")

    def __init__(self, name: str, currency: str | None) -> None:
        self.name = name
        self.currency = currency
        """The attribute Ccy, the only one that is read."""
        self.children: list[Node] = []
        self.value: object = None
        self._pieces: list[str] = []

    def find(self, path: str) -> "Node | None":
        """The first element at a path of local names, else None."""
        return next(self.all(path), None)

    def all(self, path: str) -> "Iterator[Node]":
        """Every element at a path of local names, in order."""
        name, _, rest = path.partition("/")
        for child in self.children:
            if child.name == name:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def text(self, *paths: str) -> str | None:
        """The text at the first of the paths where there is one, without blanks around it."""
        for path in paths:
            found = self.find(path)
            if found is not None and (own := found.own_text()):
                return own
        return None

    def texts(self, path: str) -> list[str]:
        """All texts at a path."""
        return [own for node in self.all(path) if (own := node.own_text())]

    def own_text(self) -> str:
        """The characters between its tags."""
        return "".join(self._pieces).strip()

    def add_text(self, piece: str) -> None:
        """More of its text; beyond what any field of a bank holds nothing is kept."""
        if len(self._pieces) < 64 and len(piece) <= _LONGEST_TEXT:
            self._pieces.append(piece)


class _Builder:
    def __init__(self, convert: Mapping[str, Convert]) -> None:
        self._convert = convert
        self._open: list[Node] = []
        self._made_at: list[int] = []
        self._held = 0
        self._values = 0
        self.root: Node | None = None
        self.namespace = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if len(self._open) >= _DEEPEST:
            raise Unreadable("statement_too_deep")
        node = Node(local, attributes.get("Ccy"))
        if local == "Document" or not self._open:
            self.namespace = namespace
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)
        self._made_at.append(self._held)
        self._held += 1
        if self._held > _MOST_NODES:
            raise Unreadable("statement_too_many_parts", most=_MOST_NODES)

    def end(self, _name: str) -> None:
        node, held = self._open.pop(), self._made_at.pop()
        convert = self._convert.get(node.name)
        if convert is not None:
            node.value = convert(node)
            node.children = []
            self._held = held + 1
            self._values += 1
            if self._values > _MOST_VALUES:
                raise Unreadable("statement_too_many_parts", most=_MOST_VALUES)

    def text(self, piece: str) -> None:
        if self._open:
            self._open[-1].add_text(piece)


def _refuse_doctype(*_: object) -> None:
    raise Unreadable("statement_has_doctype")


def parse(data: bytes, convert: Mapping[str, Convert]) -> tuple[Node, str]:
    """The root, and the namespace of its Document. Raises Unreadable."""
    parser = expat.ParserCreate(namespace_separator=" ")
    builder = _Builder(convert)
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(data, True)
    except Unreadable:
        raise
    except (expat.ExpatError, ValueError, LookupError):
        # ValueError and LookupError: an encoding that is none, or that Python cannot map to single characters.
        raise Unreadable("statement_not_xml") from None
    assert builder.root is not None, "expat refuses a document without an element"
    return builder.root, builder.namespace


def message_name(namespace: str) -> str | None:
    """`camt.053.001.08` of a namespace, whoever's prefix it has."""
    found = re.search(r"(?:camt|pain)\.[0-9]{3}\.[0-9]{3}\.[0-9]{2}", namespace)
    return found.group() if found else None

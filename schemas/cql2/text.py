"""CQL2 Text: a filter read from its text, by the grammar."""

from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from schemas.cql2 import shapes
from schemas.cql2.calls import call
from schemas.cql2.nodes import Node, Refused, bounded, made, number

WORDS = {
    "TEXT": "a text in single quotes",
    "NUMBER": "a number",
    "BOOLEAN": "TRUE or FALSE",
    "NAME": "a property or a function",
    "QUOTED": "a property in double quotes",
    "WKT": "a geometry",
    "COMPARATOR": "a comparison such as =",
    "PLUS": "+",
    "MINUS": "-",
    "MULTIPLIER": "*, /, % or DIV",
    "LEFT": "(",
    "RIGHT": ")",
    "COMMA": "a comma",
    "$END": "the end",
}
"""Terminals of the grammar, in the words of an error that expects them."""

UNSAID = {"QUOTED", "BOOLEAN", "WKT", "PLUS", "MINUS", "MULTIPLIER", "POWER", "Z"}
"""Terminals allowed almost everywhere: an error names them only if nothing else is expected."""


def parse(text: str) -> Node:
    """Read a filter; Refused tells at which character it cannot be, and what may stand there."""
    try:
        found: Any = parser().parse(text)  # a tree, were it not for the transformer
    except UnexpectedToken as error:
        raise unexpected(text, error, error.expected) from error
    except UnexpectedCharacters as error:
        raise unexpected(text, error, error.allowed) from error
    return bounded(found)


def unexpected(text: str, error: UnexpectedInput, expected: Any) -> Refused:
    """Say what stands where it cannot, and what may stand there."""
    is_over = getattr(getattr(error, "token", None), "type", "") == "$END"
    place = len(text) if is_over else begins(error)
    may = sorted({*(expected or ())} - UNSAID or {*(expected or ())})
    listed = [WORDS.get(name, name) for name in may]
    instead = f"; expected {', '.join(listed[:-1])}{' or ' if len(listed) > 1 else ''}{listed[-1]}"
    rest = text[place : place + 20]
    if rest.startswith("'"):
        return Refused(place + 1, "syntax", "A text begins here, and does not end" + instead + ".")
    what = f"“{rest}” cannot stand here" if rest else "The filter ends here"
    return Refused(place + 1, "syntax", f"{what}{instead if listed else ''}.")


def begins(error: UnexpectedInput) -> int:
    """Tell where in the text an error lies."""
    found: Any = error.pos_in_stream
    return found or 0


@cache
def parser() -> Lark:
    """Make the parser, once."""
    grammar = Path(__file__).with_name("grammar.lark").read_text()
    return Lark(grammar, parser="lalr", transformer=Reader())


def at(token: Token) -> int:
    """Tell at which character a token begins, from 1."""
    return (token.start_pos or 0) + 1


def first(parts: list[Any]) -> int | str:
    """Tell where the first of some parts stands."""
    part = parts[0]
    return at(part) if isinstance(part, Token) else part.at


def nodes(parts: list[Any]) -> tuple[Any, ...]:
    """Leave out the tokens."""
    return tuple(part for part in parts if not isinstance(part, Token))


def has(parts: list[Any], kind: str) -> bool:
    """Tell whether some token is there."""
    return any(isinstance(part, Token) and part.type == kind for part in parts)


@v_args(inline=False)
class Reader(Transformer[Token, Any]):
    """Makes nodes of what the grammar finds; it is called from below, so that nothing recurses."""

    def start(self, parts: list[Any]) -> Node:
        """Give the whole filter."""
        return parts[0]  # type: ignore[no-any-return]

    def disjunction(self, parts: list[Any]) -> Node:
        """Read what is joined by OR."""
        return made("or", nodes(parts), first(parts))

    def conjunction(self, parts: list[Any]) -> Node:
        """Read what is joined by AND."""
        return made("and", nodes(parts), first(parts))

    def negation(self, parts: list[Any]) -> Node:
        """Read NOT."""
        return made("not", nodes(parts), first(parts))

    def comparison(self, parts: list[Any]) -> Node:
        """Read a comparison."""
        left, operator, right = parts
        return made("compare", (str(operator), left, right), first(parts))

    def like(self, parts: list[Any]) -> Node:
        """Read LIKE."""
        return perhaps_not(parts, made("like", nodes(parts), first(parts)))

    def between(self, parts: list[Any]) -> Node:
        """Read BETWEEN."""
        return perhaps_not(parts, made("between", nodes(parts), first(parts)))

    def among(self, parts: list[Any]) -> Node:
        """Read IN."""
        return perhaps_not(parts, made("in", nodes(parts), first(parts)))

    def null(self, parts: list[Any]) -> Node:
        """Read IS NULL."""
        return perhaps_not(parts, made("null", nodes(parts), first(parts)))

    def arithmetic(self, parts: list[Any]) -> Node:
        """Read an operation with numbers."""
        left, operator, right = parts
        return made("arithmetic", (str(operator).lower(), left, right), first(parts))

    def sign(self, parts: list[Any]) -> Node:
        """Read a sign: that of a number is a part of it."""
        sign, of = parts
        if sign == "+":
            return of  # type: ignore[no-any-return]
        if of.kind == "number":
            return made("number", (-of.parts[0],), at(sign))
        minus_one = made("number", (-1,), at(sign))
        return made("arithmetic", ("*", minus_one, of), at(sign))

    def text(self, parts: list[Any]) -> Node:
        """Read a text: a quote inside is doubled, or has a backslash before it."""
        written = parts[0][1:-1].replace("\\'", "'").replace("''", "'")
        return made("text", (str(written),), first(parts))

    def number(self, parts: list[Any]) -> Node:
        """Read a number."""
        return number(str(parts[0]), first(parts))

    def boolean(self, parts: list[Any]) -> Node:
        """Read TRUE or FALSE."""
        return made("boolean", (parts[0].lower() == "true",), first(parts))

    def property(self, parts: list[Any]) -> Node:
        """Read the name of a property."""
        return made("property", (str(parts[0]).strip('"'),), first(parts))

    def call(self, parts: list[Any]) -> Node:
        """Read a function with its arguments."""
        return call(str(parts[0]), nodes(parts), first(parts))

    def group(self, parts: list[Any]) -> Node:
        """Read parentheses, which make nothing but depth."""
        [inner] = nodes(parts)
        made("group", (inner,), first(parts))
        return Node(inner.kind, inner.parts, inner.at, inner.depth + 1)

    def array(self, parts: list[Any]) -> Node:
        """Read an array."""
        return made("array", nodes(parts), first(parts))

    def shape(self, parts: list[Any]) -> tuple[Any, ...]:
        """Read positions in parentheses."""
        return nodes(parts)

    def position(self, parts: list[Any]) -> tuple[float, ...]:
        """Read a position, whose numbers may have signs."""
        found: list[float] = []
        sign = 1
        for token in parts:
            if token.type == "NUMBER":
                found.append(sign * float(number(str(token), at(token)).parts[0]))
                sign = 1
            else:
                sign = -1 if token.type == "MINUS" else 1
        return tuple(found)

    def geometry(self, parts: list[Any]) -> Node:
        """Read well-known text."""
        return shapes.from_text(str(parts[0]), nodes(parts)[0], first(parts))


def perhaps_not(parts: list[Any], node: Node) -> Node:
    """Negate what has NOT inside."""
    return made("not", (node,), node.at) if has(parts, "NOT") else node

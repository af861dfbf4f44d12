"""Sorts the strings of a formula into classes that are never compared with each other.

What a pattern says of a literal matters only where the two can meet: without this, every pattern would have to be told
about every literal of an agreement.
"""

from collections.abc import Iterable, Iterator

from brightline.policy.proof.terms import STRING, Symbol, Term

# An unknown by its symbol, an element of sets by symbol and place, an argument by symbol and place, or a choice.
_Node = tuple[object, ...]


class StringClasses:
    """The classes of the strings in `terms`, and the literals of each."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._parents: dict[_Node, _Node] = {}
        self._literals: dict[_Node, set[str]] = {}
        for term in terms:
            for one, other in _meetings(term):
                self._join(one, other)

    def of(self, term: Term) -> _Node:
        """The class of the string `term`, which is no literal."""
        return self._root(_node(term))

    def literals(self, term: Term) -> frozenset[str]:
        """The literals that `term`, which is none, may be compared with."""
        return frozenset(self._literals.get(self.of(term), ()))

    def _root(self, node: _Node) -> _Node:
        while (parent := self._parents.get(node, node)) != node:
            self._parents[node] = node = self._parents.get(parent, parent)
        return node

    def _join(self, one: "Term | _Node", other: "Term | _Node") -> None:
        nodes = []
        values = []
        for side in (one, other):
            if isinstance(side, Term) and side.constant:
                values.append(str(side.data))
            else:
                nodes.append(self._root(_node(side) if isinstance(side, Term) else side))
        for node in nodes[1:]:
            if node == nodes[0]:
                continue
            self._parents[node] = nodes[0]
            self._literals.setdefault(nodes[0], set()).update(self._literals.pop(node, ()))
        for node in nodes[:1]:
            self._literals.setdefault(node, set()).update(values)


def _node(term: Term) -> _Node:
    return ("unknown", term.data) if term.op == "app" else (term.op, term.key)


def _meetings(term: Term) -> "Iterator[tuple[Term | _Node, Term | _Node]]":
    """Every two strings that `term` compares or passes on."""
    if term.op == "=" and term.args[0].sort == STRING:
        yield term.args[0], term.args[1]
    elif term.op == "ite" and term.sort == STRING:
        yield term, term.args[1]
        yield term, term.args[2]
    elif term.op == "app":
        yield from _of_arguments(term)
    elif term.op == "member":
        for place, part in _parts(term.args[0]):
            yield part, ("element", term.args[1].data, place)
    elif term.op in ("subset", "meets"):
        yield from _of_sets(*term.args)


def _of_arguments(term: Term) -> "Iterator[tuple[Term | _Node, Term | _Node]]":
    for place, arg in enumerate(term.args):
        if arg.sort == STRING:
            yield arg, ("argument", term.data, place)


def _of_sets(left: Term, right: Term) -> "Iterator[tuple[Term | _Node, Term | _Node]]":
    element = left.sort[1]
    places = range(len(element) - 1 if element[0] == "Tuple" else 1)
    for one, other in ((left, right), (right, left)):
        if isinstance(one.data, Symbol) and isinstance(other.data, Symbol):
            for place in places:
                yield ("element", one.data, place), ("element", other.data, place)
        for item in other.args if other.op == "setlit" else ():
            for place, part in _parts(item):
                yield part, ("element", one.data, place)


def _parts(item: Term) -> Iterator[tuple[int, Term]]:
    """The strings in an element of a set, each with its place."""
    for place, part in enumerate(item.args if item.op == "tuple" else (item,)):
        if part.sort == STRING:
            yield place, part

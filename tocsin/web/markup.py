"""HTML and SVG by construction: text is escaped because there is no other way to put it in."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Union

Child = Union[str, "Html", None, Iterable[Union[str, "Html", None]]]
AS_WRITTEN = frozenset({"viewBox", "patternUnits", "patternTransform"})
VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "wbr"})


class Html:
    """Finished markup. Made by `tag`, `joined` and `sheet` only."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Html:
    """An element. `class_` stands for class, `data_zone` for data-zone; None and False leave an attribute out."""
    written = "".join(
        f" {_spelled(key)}" if value is True else f' {_spelled(key)}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in VOID:
        assert not children, f"<{name}> holds nothing"
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Html:
    """Children one after another, text escaped, None left out."""
    parts: list[str] = []
    for child in children:
        if isinstance(child, Html):
            parts.append(str(child))
        elif isinstance(child, str):
            parts.append(escape(child))
        elif child is not None:
            parts.append(str(joined(*child)))
    return Html("".join(parts))


def sheet(css: str) -> Html:
    """A style sheet of ours within the page, where it is not read as text: nothing in it may end the element."""
    assert "</" not in css
    return Html(f"<style>{css}</style>")


def document(root: Html) -> str:
    return f"<!doctype html>\n{root}\n"


def _spelled(key: str) -> str:
    return key if key in AS_WRITTEN else key.rstrip("_").replace("_", "-")

"""The table of the console: columns are declared once, a cell takes its label and its look from its column.

::

    {% table "Runs" list=True %}
      {% caption %}Runs, newest first{% endcaption %}
      {% column "Run" %}{% column "State" %}{% column "Lines" "num" %}{% column "Actions" hidden=True %}
    {% rows %}
      {% for run in runs %}
        {% row bad if run.problem %}
          {% cell %}<a href="{% url 'intake:run' run.pk %}" data-open>{{ run.run_id }}</a>{% endcell %}
          {% cell %}{% state run.state %}{% endcell %}
          {% cell %}{{ run.lines|count }}{% endcell %}
          {% cell %}{% button "Recall" %}{% endcell %}
        {% endrow %}
      {% endfor %}
    {% else %}
      {% empty "No run yet" %}
    {% endtable %}

``{% table LABEL %}``: a region with that label, focusable so that a table wider than the page scrolls by keyboard;
    without a label there is no region, for tables that are never wider than their panel.
    ``list``: the rows are a list that ``j``, ``k`` and ``o`` walk through. ``top``: cells of several lines, aligned at
    the top. ``stack=False``: stays a table on a small screen; otherwise each row becomes a block there, and each cell
    shows the label of its column before its content. ``also``: more classes. ``look``: classes in place of the
    console's own, for a page that is printed; such a table does not stack.
``{% caption %}``: read by screen readers; ``visible=True`` shows it to all.
``{% column LABEL CLASSES %}``: classes of the head and of every cell below, of which ``num`` aligns figures.
    ``hidden=True``: the head is read by screen readers alone and its cells show no label (buttons name themselves).
    ``wrap``: the class of a span around the label, in the head alone.
``{% row LOOK if CONDITION %}``: ``bad`` marks a row with a problem, ``current`` the one that the page is about; any
    other look is a class, in quotes. Look and condition may be left out.
``{% cell CLASSES %}``: the next column's; the first of a row is its head. ``span``: over so many columns. A cell may
    stand in an included fragment.
``{% else %}``: what is shown, without a table, when there is no row.

``if`` and ``for`` may stand around columns and cells alike. A row whose cells do not cover the columns raises
`TemplateSyntaxError`: a value under another column's name would be read as something it is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from django import template
from django.template.base import FilterExpression, NodeList, Parser, TextNode, Token, Variable, token_kwargs
from django.template.defaulttags import TemplateIfParser, TemplateLiteral
from django.template.exceptions import TemplateSyntaxError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from console.ui.table_frames import Column, Frame, attributes, region

_FRAME: Final = "_table"
_LOOKS: Final = {"": "", "bad": " data-bad", "current": ' aria-current="true"'}
_KEYWORD: Final = re.compile(r"\w+=")


@dataclass(frozen=True)
class Arguments:
    """What stands in a tag after its name: bare values, then keywords."""

    bare: Sequence[FilterExpression]
    named: Mapping[str, FilterExpression]

    @classmethod
    def parse(cls, parser: Parser, token: Token, *known: str, least: int = 0, most: int = 1) -> Arguments:
        """Read a tag; raise TemplateSyntaxError on too few or too many values and on an unknown keyword."""
        name, *bits = token.split_contents()
        bare = list(takewhile(lambda bit: not _KEYWORD.match(bit), bits))
        named = token_kwargs(bits[len(bare) :], parser)
        if not least <= len(bare) <= most or len(bare) + len(named) != len(bits) or not named.keys() <= set(known):
            takes = f"{least} to {most} values, then {', '.join(known) or 'nothing'}"
            raise TemplateSyntaxError(f"{{% {token.contents} %}}: {name} takes {takes}.")
        return cls([parser.compile_filter(bit) for bit in bare], named)

    def text(self, context: template.Context, which: int | str) -> str:
        """Return a bare value by its place or a keyword's by its name; without one the text is empty."""
        if isinstance(which, str):
            value = self.value(context, which)
        else:
            value = self.bare[which].resolve(context) if which < len(self.bare) else None
        return "" if value is None else str(value)

    def value(self, context: template.Context, name: str, default: Any = None) -> Any:
        """Return the value of a keyword."""
        return self.named[name].resolve(context) if name in self.named else default

    @property
    def fixed(self) -> bool:
        """Say whether every value is written out in the template, so that it need not be resolved for each cell."""
        return all(map(_written_out, [*self.bare, *self.named.values()]))


def _written_out(expression: FilterExpression) -> bool:
    if expression.filters:
        return False
    return not isinstance(expression.var, Variable) or expression.var.lookups is None


def _frame(context: template.Context) -> Frame:
    frame = context.get(_FRAME)
    if not isinstance(frame, Frame):
        raise TemplateSyntaxError("Columns, rows and cells stand inside a {% table %}.")
    return frame


class TableNode(template.Node):
    """``{% table %}``: the columns, the rows, and what stands there without any."""

    child_nodelists = ("head", "body", "otherwise")

    def __init__(self, arguments: Arguments, head: NodeList, body: NodeList, otherwise: NodeList) -> None:
        self.arguments, self.head, self.body, self.otherwise = arguments, head, body, otherwise

    def render(self, context: template.Context) -> SafeString:
        """Draw the table, or what takes its place."""
        look = self.arguments.text(context, "look")
        frame = Frame(stack=not look and bool(self.arguments.value(context, "stack", default=True)))
        with context.push(**{_FRAME: frame}):
            self.head.render(context)
            body = self.body.render(context)
        if not frame.rows and self.otherwise:
            return self.otherwise.render(context)
        drawn = format_html(
            '<table class="{}">{}<thead><tr>{}</tr></thead><tbody{}>{}</tbody></table>',
            look or self._classes(context, frame),
            frame.caption,
            format_html_join("", "{}", ((column.head(),) for column in frame.columns)),
            " data-list" if self.arguments.value(context, "list") else "",
            body,
        )
        label = self.arguments.text(context, 0)
        return region(drawn, label) if label else drawn

    def _classes(self, context: template.Context, frame: Frame) -> str:
        top = bool(self.arguments.value(context, "top"))
        given = self.arguments.text(context, "also")
        parts = ["table", "table--stack" if frame.stack else "", "table--top" if top else "", given]
        return " ".join(filter(None, parts))


class CaptionNode(template.Node):
    """``{% caption %}``: what the table shows, in a sentence."""

    def __init__(self, arguments: Arguments, nodelist: NodeList) -> None:
        self.arguments, self.nodelist = arguments, nodelist

    def render(self, context: template.Context) -> str:
        """Keep the caption for the table."""
        classes = "" if self.arguments.value(context, "visible") else "visually-hidden"
        words = mark_safe(self.nodelist.render(context).strip())  # noqa: S308 - rendered already
        _frame(context).caption = format_html("<caption{}>{}</caption>", attributes(class_=classes), words)
        return ""


class ColumnNode(template.Node):
    """``{% column %}``: one column, at its place."""

    def __init__(self, arguments: Arguments) -> None:
        self.arguments = arguments

    def render(self, context: template.Context) -> str:
        """Add the column to the table."""
        column = Column(
            label=self.arguments.text(context, 0),
            classes=self.arguments.text(context, 1),
            hidden=bool(self.arguments.value(context, "hidden")),
            wrap=self.arguments.text(context, "wrap"),
        )
        _frame(context).columns.append(column)
        return ""


class RowNode(template.Node):
    """``{% row %}``: cells, one for each column."""

    def __init__(self, look: str | FilterExpression, condition: TemplateLiteral | None, nodelist: NodeList) -> None:
        self.look, self.condition, self.nodelist = look, condition, nodelist

    def render(self, context: template.Context) -> str:
        """Draw the row."""
        frame = _frame(context)
        frame.place = 0
        cells = self.nodelist.render(context)
        frame.finish_row()
        return f"<tr{self._look(context)}>{cells}</tr>"

    def _look(self, context: template.Context) -> str:
        if self.condition and not self.condition.eval(context):  # type: ignore[arg-type]  # the stubs want a dict
            return ""
        return self.look if isinstance(self.look, str) else attributes(class_=self.look.resolve(context))


class CellNode(template.Node):
    """``{% cell %}``: the cell of the next column."""

    def __init__(self, arguments: Arguments, nodelist: NodeList) -> None:
        self.arguments, self.nodelist = arguments, nodelist
        self.placing = self._placing(template.Context()) if arguments.fixed else None

    def render(self, context: template.Context) -> str:
        """Draw the cell; in a table that stacks, its content is one element beside the label."""
        tags = _frame(context).take(*(self.placing or self._placing(context)))
        content = self.nodelist.render(context).strip()
        if not content:
            return tags.empty
        return f"{tags.opening}{content}{tags.closing}"

    def _placing(self, context: template.Context) -> tuple[str, int]:
        """Return the classes of the cell, and over how many columns it stands."""
        return self.arguments.text(context, 0), int(self.arguments.value(context, "span", default=1))


def table(parser: Parser, token: Token) -> TableNode:
    """Read ``{% table %}``, ``{% rows %}``, ``{% else %}`` and ``{% endtable %}``."""
    arguments = Arguments.parse(parser, token, "list", "top", "stack", "also", "look")
    head = _until(parser, "rows")
    body = parser.parse(("else", "endtable"))
    ended = parser.next_token().contents == "endtable"
    return TableNode(arguments, head, body, NodeList() if ended else _until(parser, "endtable"))


def column(parser: Parser, token: Token) -> ColumnNode:
    """Read ``{% column %}``."""
    return ColumnNode(Arguments.parse(parser, token, "hidden", "wrap", least=1, most=2))


def caption(parser: Parser, token: Token) -> CaptionNode:
    """Read ``{% caption %}`` to ``{% endcaption %}``."""
    return CaptionNode(Arguments.parse(parser, token, "visible", most=0), _until(parser, "endcaption"))


def row(parser: Parser, token: Token) -> RowNode:
    """Read ``{% row %}`` to ``{% endrow %}``."""
    bits = [*token.split_contents()[1:], "", ""]
    look, conjunction, condition = bits[0], bits[1], bits[2:-2]
    if conjunction not in ("", "if") or (conjunction and not condition):
        raise TemplateSyntaxError(f"{{% {token.contents} %}}: row takes a look, then “if” and a condition.")
    if look not in _LOOKS and look[0] not in "\"'":
        raise TemplateSyntaxError(
            f"{{% {token.contents} %}}: a row looks {', '.join(_LOOKS)} or has a class in quotes."
        )
    marked: str | FilterExpression = _LOOKS[look] if look in _LOOKS else parser.compile_filter(look)
    asked = TemplateIfParser(parser, condition).parse() if condition else None
    return RowNode(marked, asked, NodeList(node for node in _until(parser, "endrow") if not _blank(node)))


def cell(parser: Parser, token: Token) -> CellNode:
    """Read ``{% cell %}`` to ``{% endcell %}``."""
    return CellNode(Arguments.parse(parser, token, "span"), _trimmed(_until(parser, "endcell")))


def _until(parser: Parser, end: str) -> NodeList:
    nodes = parser.parse((end,))
    parser.delete_first_token()
    return nodes


def _trimmed(nodes: NodeList) -> NodeList:
    """Leave out white space before and after the content; what stands between two parts of it is shown."""
    while nodes and _blank(nodes[0]):
        del nodes[0]
    while nodes and _blank(nodes[-1]):
        del nodes[-1]
    return nodes


def _blank(node: template.Node) -> bool:
    return isinstance(node, TextNode) and node.s.isspace()


TAGS: Final = {"table": table, "caption": caption, "column": column, "row": row, "cell": cell}

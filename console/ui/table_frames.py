"""What a table knows while it is drawn: its columns, and which of them the next cell belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.template.exceptions import TemplateSyntaxError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def attributes(**given: str) -> SafeString:
    """``class`` and the like as they stand in a tag; empty ones are left out."""
    named = ((name.rstrip("_").replace("_", "-"), value) for name, value in given.items() if value)
    return format_html_join("", ' {}="{}"', named)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its label, the classes of its head and cells, and how the label is shown."""

    label: str
    classes: str = ""
    hidden: bool = False
    wrap: str = ""

    def head(self) -> SafeString:
        """Return the cell in the head of the table."""
        inner = "visually-hidden" if self.hidden else self.wrap
        shown = format_html('<span class="{}">{}</span>', inner, self.label) if inner else self.label
        return format_html('<th scope="col"{}>{}</th>', attributes(class_=self.classes), shown)


@dataclass(frozen=True, slots=True)
class CellTags:
    """What stands before and after a cell's content, and a cell without any."""

    opening: str
    closing: str
    empty: str


@dataclass(slots=True)
class Frame:
    """The table being drawn: what its columns are, and how far the row has come."""

    stack: bool
    columns: list[Column] = field(default_factory=list)
    caption: SafeString = field(default_factory=SafeString)
    rows: int = 0
    place: int = 0
    tags: dict[tuple[int, str, int], CellTags] = field(default_factory=dict)

    def take(self, classes: str, span: int) -> CellTags:
        """Return the tags of the next cell; pass on by ``span`` columns.

        They are put together once for each column: every row but the first takes them as they are.
        """
        key = (self.place, classes, span)
        tags = self.tags.get(key)
        if tags is None:
            tags = self.tags[key] = self._tags(classes, span)
        self.place += span
        return tags

    def _tags(self, classes: str, span: int) -> CellTags:
        if self.place + span > len(self.columns):
            raise TemplateSyntaxError(f"A row has more cells than the {len(self.columns)} columns of its table.")
        column = self.columns[self.place]
        labelled = self.stack and not column.hidden
        given = attributes(
            scope="" if self.place else "row",
            data_label=column.label if labelled else "",
            class_=" ".join(filter(None, [column.classes, classes])),
            colspan=str(span) if span > 1 else "",
        )
        name = "td" if self.place else "th"
        opening, closing = f"<{name}{given}>", f"</{name}>"
        inner = ("<div>", "</div>") if labelled else ("", "")
        return CellTags(f"{opening}{inner[0]}", f"{inner[1]}{closing}", f"{opening}{closing}")

    def finish_row(self) -> None:
        """Count the row; raise TemplateSyntaxError when a column has no cell in it."""
        if self.place != len(self.columns):
            missing = self.columns[self.place].label
            raise TemplateSyntaxError(f"A row has no cell for the column “{missing}” of its table.")
        self.rows += 1


def region(content: str, label: str) -> SafeString:
    """Around what may be wider than the page: a labelled region that scrolls by keyboard too."""
    return format_html('<div class="table-scroll" role="region" aria-label="{}" tabindex="0">{}</div>', label, content)

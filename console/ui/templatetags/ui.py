"""The components of the console as template tags. Every page is built of these; `/ui/` shows them all.

This library is a template builtin: no page needs to load it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from console.keyset import Page
from console.ui import badges as pieces
from console.ui import dates, icons, table_frames, tables, text

register = template.Library()
_RECEIPT = re.compile(r"[0-9a-f]{64}")

register.simple_tag(icons.icon, name="icon")
register.simple_tag(dates.moment, name="moment")
register.filter("day", dates.day)
register.filter("clock", dates.clock)
register.filter("utc", dates.utc)
register.filter("in_zone", dates.in_zone)
register.filter("span", dates.span)
register.filter("nhs_number", text.nhs_number)
register.filter("count", text.count)
register.filter("bits", text.bits)


@register.simple_tag
def plural(number: int, one: str, many: str = "") -> str:
    """``{% plural 2 "case" %}`` gives ``2 cases``."""
    return text.plural(number, one, many)


register.simple_tag(pieces.badge)
register.simple_tag(pieces.severity)
register.simple_tag(pieces.state)
register.simple_tag(pieces.agreement)
register.simple_tag(pieces.characters)
register.simple_tag(pieces.kbd)


# Frames around content


@register.simple_block_tag
def page_header(content: str, title: str, lead: str = "", badges: Any = "") -> SafeString:
    """The head of a page; its content are the actions. ``badges`` (safe HTML) stand beside the title."""
    return render_to_string("_components/page_header.html", _with(content, title=title, lead=lead, badges=badges))


@register.simple_block_tag
def panel(
    content: str, title: str = "", note: str = "", tone: str = "", flush: bool = False, id: str = "", level: int = 2
) -> SafeString:
    """A titled box. ``flush`` for tables that reach its edges; ``tone``: accent, warning, danger."""
    context = _with(content, title=title, note=note, tone=tone, flush=flush, id=id, tag=f"h{level}")
    return render_to_string("_components/panel.html", context)


for _name, _tag in tables.TAGS.items():
    register.tag(_name, _tag)


register.simple_block_tag(table_frames.region, name="table_region")


@register.simple_block_tag
def notice(content: str, tone: str = "info") -> SafeString:
    """A remark inside a page. ``tone``: info, success, warning, error; each with its own icon."""
    return format_html(
        '<div class="notice notice--{}">{}<div class="notice__text">{}</div></div>',
        tone,
        icons.icon(FLASH_ICONS.get(tone, "info")),
        content,
    )


FLASH_ICONS = {"success": "circle-check", "warning": "triangle-alert", "error": "octagon-alert"}


@register.filter
def flash_icon(tone: str) -> str:
    """The icon of a message of this level."""
    return FLASH_ICONS.get(tone, "info")


def _with(content: str, **context: Any) -> dict[str, Any]:
    return {"content": mark_safe(content), **context}  # noqa: S308 - a block tag's content is rendered already


# Pieces


@register.inclusion_tag("_components/button.html")
def button(
    label: str, answer: Any = True, kind: str = "", icon: str = "", key: str = "", **attrs: Any
) -> dict[str, Any]:
    """A button, or a link when ``href`` is given. A falsy ``answer`` disables it and its reason is shown beside it.

    ``kind``: primary, danger, quiet, small, wide, or several of them. Other keywords become attributes (``name``,
    ``value``, ``form``, ``type`` …) with hyphens for underscores.
    """
    href = attrs.pop("href", "")
    given = ((name.rstrip("_").replace("_", "-"), value) for name, value in attrs.items())
    shown = {name: value for name, value in given if value not in ("", None, False)}
    classes = " ".join(["button", *(f"button--{part}" for part in kind.split())])
    context = {"label": label, "answer": answer, "classes": classes, "icon_name": icon, "key": key, "href": href}
    return context | {"attrs": shown}


@register.inclusion_tag("_components/empty.html")
def empty(title: str, why: str = "", href: str = "", action: str = "", icon: str = "inbox") -> dict[str, Any]:
    """Nothing here: why that is, and the next step (``action`` leading to ``href``)."""
    return {"title": title, "why": why, "href": href, "action": action, "icon_name": icon}


@register.inclusion_tag("_components/stat.html")
def stat(label: str, value: Any, unit: str = "", hint: str = "", href: str = "", tone: str = "") -> dict[str, Any]:
    """One figure with its name; put several into ``<dl class="stats">``."""
    shown = text.count(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return {"label": label, "value": shown, "unit": unit, "hint": hint, "href": href, "tone": tone}


@register.inclusion_tag("_components/progress.html")
def progress(
    label: str,
    value: int,
    total: int | None = None,
    *,
    rate: float | None = None,
    eta: float | None = None,
    status: str = "running",
    **more: str,
) -> dict[str, Any]:
    """Rows done of ``total`` (None: unknown), ``rate`` in rows a second, ``eta`` in seconds.

    ``status``: running, done, failed. ``more``: ``unit`` ("rows"), ``id``, and ``poll``, an address that answers
    with this same component, asked every 2 s until the answer's status is 286.
    """
    percent = min(100, value * 100 // total) if total else None
    poll = more.get("poll", "") if status == "running" else ""
    numbers = {"value": value, "total": total, "percent": percent, "rate": rate, "eta": dates.span(eta)}
    names = {"label": label, "unit": more.get("unit", "rows"), "id": more.get("id", "progress")}
    return {**numbers, **names, "status": status, "poll": poll}


@register.inclusion_tag("_components/pager.html", takes_context=True)
def pager(
    context: template.Context, page: Page[Any], one: str, many: str = "", *, more: str = "Next page", remark: str = ""
) -> dict[str, Any]:
    """The first, previous and next page of a keyset listing; the links keep all other parameters of the address.

    ``one`` and ``many`` name what it lists. ``more`` labels the link onwards; ``remark`` follows the number where there
    may be more to find.
    """
    many = many or f"{one}s"
    where = " on this page" if page.next or remark else "" if page.first else " on the last page"
    shown = text.plural(len(page.items), one, many) + where if page.items else f"No {many} here"
    shown += f". {remark}" if remark else ""
    return {"page": page, "many": many, "shown": shown, "more": more, "request": context["request"]}


@register.inclusion_tag("_components/tabs.html")
def tabs(views: Sequence[Any], label: str = "Views") -> dict[str, Any]:
    """Saved views: each has ``label``, ``url``, ``current``, and optionally ``count`` and ``changed``."""
    return {"views": views, "label": label}


@register.inclusion_tag("_components/crumbs.html")
def crumbs(*parts: str) -> dict[str, Any]:
    """``{% crumbs "Queues" queues_url "Merges" %}``: labels and addresses, the last without one; Home is put first."""
    return {"trail": [("Home", reverse("home")), *zip_longest(parts[::2], parts[1::2], fillvalue="")]}


@register.inclusion_tag("_components/facts.html")
def facts(rows: Sequence[tuple[str, Any]] | Mapping[str, Any], wide: bool = False) -> dict[str, Any]:
    """A definition list of ``(term, value)``; a missing value says so."""
    return {"rows": list(rows.items()) if isinstance(rows, Mapping) else rows, "wide": wide}


@register.inclusion_tag("_components/timeline.html")
def timeline(entries: Sequence[Any]) -> dict[str, Any]:
    """Events: each has ``at``, ``sentence``, and optionally ``who``, ``icon``, ``tone``, ``note``, ``receipt``."""
    return {"entries": entries}


@register.inclusion_tag("_components/error_summary.html")
def error_summary(form: Any, title: str = "There is a problem", focus: bool = True) -> dict[str, Any]:
    """All errors of a form, each named and leading to its field; focused when the page opens."""
    return {"form": form, "title": title, "focus": focus}


@register.inclusion_tag("_components/countdown.html")
def countdown(expires: dt.datetime, renew: str = "", label: str = "Your claim ends") -> dict[str, Any]:
    """Time left on a lease; renewed by POST to ``renew`` while the person is at work."""
    return {"expires": expires, "renew": renew, "label": label}


@register.simple_tag
def receipt(digits: str) -> str:
    """An audit receipt as a link to its entry. It shows its beginning; copying the text copies it whole."""
    if not _RECEIPT.fullmatch(digits):
        return format_html('<span class="receipt">{}</span>', digits)
    address = reverse("audit:receipt", args=[digits])
    return format_html('<a class="receipt receipt--link" href="{}">{}</a>', address, digits)


@register.inclusion_tag("_components/copy_link.html")
def copy_link(url: str = "", label: str = "Copy link") -> dict[str, Any]:
    """A button that copies the address of this page, or ``url``."""
    return {"url": url, "label": label}

"""The bar above a list of cases by which leads change many of them."""

from __future__ import annotations

from typing import Any

from django import template

from triage.bulk.acts import ACTS

register = template.Library()


@register.inclusion_tag("bulk/_bar.html", takes_context=True)
def bulk_bar(context: template.Context, count: str = "") -> dict[str, Any]:
    """How many cases are selected, and a button for each act. ``count``: how many the list has, as words.

    Boxes of rows belong to its form (``form="bulk"``, ``name="case"``). Reads ``queue`` and ``tidy`` of a list page.
    """
    names = ("csrf_token", "queue", "tidy", "worklist")
    return {name: context.get(name) for name in names} | {"acts": list(ACTS.values()), "count": count}

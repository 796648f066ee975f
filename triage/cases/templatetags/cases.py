"""Template tags about cases: what a kind says of its own verdicts."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from console.ui.badges import badge
from triage.cases import kinds

register = template.Library()


@register.simple_tag
def verdict(kind: str, code: str) -> SafeString:
    """What a reviewer chose, as a badge in the look that the case's kind gave it."""
    look = kinds.look(kind, code)
    return badge(look.word, look.tone, look.icon)

"""Small pieces of HTML for words of the vocabulary: badges, states, agreements, keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from console.capabilities.parts import Look
from console.ui.icons import icon as draw
from console.ui.labels import AGREEMENT_WORDS, AGREEMENTS, SEVERITIES, look_of, state_look


def badge(word: str, tone: str = "", icon: str = "", title: str = "") -> SafeString:
    """A small label. ``tone``: critical, alarm, high, medium, info, success, special, outline, or none."""
    classes = f"badge badge--{conditional_escape(tone)}" if tone else "badge"
    titled = f' title="{conditional_escape(title)}"' if title else ""
    drawn = draw(icon, 13) if icon else ""
    return mark_safe(f'<span class="{classes}"{titled}>{drawn}{conditional_escape(word)}</span>')  # noqa: S308 - escaped


@lru_cache(maxsize=256)
def _of(look: Look) -> SafeString:
    return badge(look.word, look.tone, look.icon)


def severity(level: str) -> SafeString:
    """Critical, high, medium or low: each with its own shape, colour and word."""
    return _of(look_of(level, SEVERITIES, unknown_icon="circle-alert"))


def state(key: str, word: str = "") -> SafeString:
    """The state of a case, run, wave or token. ``word`` replaces the vocabulary's own."""
    look = state_look(key)
    return badge(word, look.tone, look.icon) if word else _of(look)


def agreement(key: str, detail: str = "", short: bool = False) -> SafeString:
    """How the values of one field agree: icon and word; ``detail`` ("transposed digits") follows the word.

    ``short``: one word, where there is no room for more.
    """
    look = look_of(key, AGREEMENTS)
    word = AGREEMENT_WORDS.get(key, look.word) if short else look.word
    words = f"{word}: {detail}" if detail else word
    return format_html('<span class="agreement agreement--{}">{}{}</span>', look.tone, draw(look.icon, 14), words)


def characters(parts: Sequence[tuple[str, bool]]) -> SafeString:
    """A value in parts ``(text, differs)``: what differs is marked, for eyes and for screen readers."""
    return format_html_join("", "{}", ((_part(value, differs),) for value, differs in parts))


def _part(value: str, differs: bool) -> SafeString | str:
    return format_html('<mark class="diff">{}</mark>', value) if differs else value


def kbd(keys: str, hint: bool = True) -> SafeString:
    """A key or a sequence (``g q``). A ``hint`` disappears when single keys are switched off."""
    kind = "kbd kbd--hint" if hint else "kbd"
    return format_html_join(" ", '<kbd class="{}">{}</kbd>', ((kind, key) for key in keys.split()))

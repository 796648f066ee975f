"""Addresses of a gate's pages, for notices and packs."""

from __future__ import annotations

from django.urls import reverse


def page(ref: str) -> str:
    """The gate's own page."""
    return reverse("gates:gate", args=[ref])


def voting(ref: str) -> str:
    """Where a member of the board votes on its newest package."""
    return reverse("gates:sign", args=[ref])


def waiver(ref: str, number: int) -> str:
    """Where a request for a waiver is decided."""
    return reverse("gates:decide-waiver", args=[ref, number])

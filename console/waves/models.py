"""Waves: the slices of records that move together."""

from __future__ import annotations

from django.db import models


class Wave(models.Model):
    """A slice of records (department, facility, domain) that moves together. A gate may freeze it."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    planned_for = models.DateField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    frozen_because = models.CharField(max_length=300, blank=True)
    guarded_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when a sealed decision package rests on what this wave holds."
    )
    cut_over_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when its cutover is complete: started, and its exit gate stands."
    )
    cut_over_because = models.CharField(max_length=300, blank=True, db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slug"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

"""What the comment box sends."""

from __future__ import annotations

import uuid

from django import forms

from triage.comments.rules import CHARACTERS


class CommentForm(forms.Form):
    """A comment. ``request_key`` names this form, so that a comment sent twice is made once."""

    text = forms.CharField(
        max_length=CHARACTERS,
        label="Write a comment",
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 2,
                "autocomplete": "off",
                "data-mentions": True,
                "data-draft-field": True,
                "data-key": "m",
                "data-key-label": "Comment",
                "data-key-group": "Case",
            }
        ),
        help_text="“@” and a username notifies that person. The text is masked until the case is revealed.",
        error_messages={"required": "Enter a comment."},
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

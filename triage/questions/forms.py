"""What the pages of questions and mailboxes send."""

from __future__ import annotations

from typing import Any

from django import forms

from triage.questions.models import ServiceMailbox
from triage.questions.rules import CHARACTERS


class AnswerForm(forms.Form):
    """An answer."""

    answer = forms.CharField(
        max_length=CHARACTERS,
        label="Your answer",
        widget=forms.Textarea(attrs={"rows": 5, "data-draft-field": True}),
        help_text="The reviewer reads it on the case. It is not sent by email.",
        error_messages={"required": "Enter an answer."},
    )


class MailboxForm(forms.ModelForm):
    """A mailbox and its members."""

    members = forms.CharField(
        label="Members",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text="Usernames of those who answer, separated by commas or new lines.",
    )

    class Meta:
        model = ServiceMailbox
        fields = ("name", "slug", "purpose", "email", "active")
        labels = {"slug": "Short name", "email": "Email", "active": "Active"}
        help_texts = {
            "slug": "Used in addresses, in set-up files and in the API.",
            "email": "Told of each question, without patient data. Members answer in the console.",
            "active": "Only active mailboxes can be asked.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            names = self.instance.members.order_by("username").values_list("username", flat=True)
            self.initial["members"] = ", ".join(names)
        self.order_fields(["name", "slug", "purpose", "email", "members", "active"])

    def fields_for_action(self) -> dict[str, Any]:
        """What ``save_mailbox`` wants."""
        data = dict(self.cleaned_data)
        return data | {"members": data["members"].replace(",", " ").replace(";", " ").split()}

    def _post_clean(self) -> None:
        """The action writes and checks; the form only reads."""

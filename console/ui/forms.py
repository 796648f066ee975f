"""How forms are rendered, and the form of the display settings."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """The project's ``FORM_RENDERER``: label, hint, error and field in that order, as GOV.UK and NHS pages have them.

    Needs ``django.forms`` among the installed apps for the widgets' templates.
    """

    form_template_name = "_components/form_fields.html"
    field_template_name = "_components/field.html"


@cache
def time_zones() -> list[tuple[str, str]]:
    """The time zones of places, and UTC, to choose from."""
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name or name == "UTC"]


class PreferencesForm(forms.Form):
    """Display settings of one person. Fields left out keep their present value (the menu sends only some)."""

    theme = forms.ChoiceField(
        choices=[("auto", "As the device is set"), ("light", "Light"), ("dark", "Dark")], widget=forms.RadioSelect
    )
    density = forms.ChoiceField(
        label="Rows", choices=[("compact", "Compact"), ("comfortable", "Comfortable")], widget=forms.RadioSelect
    )
    keys = forms.ChoiceField(
        label="Single-key shortcuts",
        choices=[("on", "On"), ("off", "Off")],
        widget=forms.RadioSelect,
        help_text="Switch them off if you use speech input or press keys by accident.",
    )
    mail = forms.ChoiceField(
        label="Notifications by email",
        choices=[("on", "All of them"), ("urgent", "Urgent ones only"), ("off", "None")],
        widget=forms.RadioSelect,
        help_text="Emails describe the task and link to it. They never contain patient data.",
    )
    time_zone = forms.ChoiceField(
        choices=time_zones,
        help_text="Pages use this time zone. Signatures, exports and the audit log use UTC.",
    )

    def __init__(self, data: Any = None, *, current: dict[str, str]) -> None:
        complete = (
            {**current, **{name: data[name] for name in self.base_fields if name in data}} if data is not None else None
        )
        super().__init__(complete, initial=current)

    def fields_for_action(self) -> dict[str, Any]:
        """What ``prefer`` takes."""
        chosen = dict(self.cleaned_data)
        return {"time_zone": chosen.pop("time_zone"), "chosen": chosen}

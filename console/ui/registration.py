"""What the user interface declares: the component gallery, display settings, and states that several apps share."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import Command, Look, Permission

#: Looks of states that any capability may have.
STATES: Final = {
    "done": Look("Done", "circle-check", "success"),
    "pending": Look("Waiting", "hourglass", "outline"),
    "active": Look("Active", "circle-check", "success"),
    "inactive": Look("Inactive", "circle-minus", "outline"),
    "expired": Look("Expired", "calendar-x", "high"),
    "revoked": Look("Revoked", "ban", "alarm"),
}

GALLERY: Final = "people.view_gallery"
_CHOSEN: Final = "chose how pages look: {theme}, {density}, times in {time_zone}"

CAPABILITY: Final = Capability(
    urls="console.ui.urls",
    verbs=(("person.display_chosen", _CHOSEN, "palette"),),
    commands=(Command(label="Settings and time zone", url_name="ui:preferences", icon="settings-2", order=200),),
    states=STATES,
    permissions=(Permission("people.User", "view_gallery", "See the component gallery"),),
)

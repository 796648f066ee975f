"""What the search declares: commands as something to find, and the entry of a search for records."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import SearchSource
from console.search import queries

#: Verb, sentence after the actor's name, icon.
VERBS: Final = (("search.searched", "searched {groups}: {found} found", "search"),)

CAPABILITY: Final = Capability(
    urls="console.search.urls",
    search=(
        SearchSource(
            code="commands",
            label="Commands",
            icon="square-chevron-right",
            find=queries.commands,
            order=900,
            sign=">",
            least=0,
        ),
    ),
    verbs=VERBS,
    families={"search": "Search"},
)

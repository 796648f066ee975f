"""Log a search that could find records of patients."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from django.utils.crypto import salted_hmac

from console.audit import log
from console.audit.log import Receipt
from console.people.models import User

_SALT = "console.search.text"


def searched(*, text: str, groups: Sequence[str], found: int, by: User) -> Receipt:
    """Record that ``by`` searched these ``groups`` of patients' records and found so many, before anything is shown.

    The text may be a patient's number, so the entry has a keyed digest in its place: it shows that two searches were
    for the same text, and proves a text to a holder of the console's secret key.
    """
    same = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    digest = salted_hmac(_SALT, same, algorithm="sha256").hexdigest()[:32]
    facts = {"groups": list(groups), "found": found, "text_digest": f"k1:{digest}"}
    return log.record_access("search.searched", subject="search", by=by, facts=facts)

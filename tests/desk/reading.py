"""What tests of review pages share: a case whose values cannot stand on a page by chance, and how to read a page."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from console.audit.models import LogEntry
from console.people.models import User
from tests.factories import merge_line, record
from triage.cases.models import Case

SECRETS = ["Wanjiru-Odhiambo", "Zephaniah", "1979-11-23", "CF77665544", "0777123987", "rec-zq9917"]


def telling_line() -> dict[str, Any]:
    """A line whose values cannot stand on the page by chance."""
    family, given, birth_date, national_id, phone, key = SECRETS
    values = {"family": family, "given": given, "birth_date": birth_date, "national_id": national_id, "phone": phone}
    line = merge_line(records=[record(1, **values), record(2, "CLINIC-EPR", **values)])
    line["records"][0]["id"] = key
    line["records"][1]["fields"]["given"] = "Zephania"
    line["records"][0]["history"] = [{"field": "family", "value": "Kibet-Former", "valid_to": "2019-05-01"}]
    return line


def address(case: Case) -> str:
    return f"/cases/{case.ref}/"


def page(client: Client, case: Case, **params: str) -> str:
    response = client.get(address(case), params)
    assert response.status_code == 200
    return response.content.decode()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(html: str) -> str:
    """The page's text, without tags and runs of space."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def entries(verb: str) -> int:
    return LogEntry.objects.filter(verb=verb).count()


def keys(html: str) -> set[str]:
    return set(re.findall(r'data-key="(\S+)"', html))


def decision(case: Case, **changes: Any) -> dict[str, Any]:
    return {"verdict": "NO_MATCH", "reason": "namesakes", "note": "", "seen": case.revision, "then": "stay"} | changes

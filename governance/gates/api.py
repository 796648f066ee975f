"""API of gates: the status of one, its decision as a signed file, and the key that signed it."""

from __future__ import annotations

from typing import cast

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from console.people.models import User
from console.people.tokens import requires
from console.sealing import key
from console.web.api_view import ApiView, asked, number
from console.web.problem import Problem
from governance.gates import lookup, rules, serializers
from governance.gates.actions.exporting import export_decision
from governance.gates.packages.views import as_file
from governance.gates.queries import status as standings
from governance.gates.queries.status import GateStatus

_REFUSALS = dict.fromkeys((403, 404), Problem)
_NO_STORE = {"Cache-Control": "no-store"}


class OneGate(ApiView):
    """One gate."""

    permission_classes = (requires(lookup.SEE),)

    @extend_schema(
        operation_id="gates_read", summary="Get gate status", responses={200: serializers.GateNow, **_REFUSALS}
    )
    def get(self, request: Request, ref: str) -> Response:
        """Return its state, its criteria evaluated now, what blocks, and the digest of the live package."""
        gate = lookup.gate_for(cast(User, request.user), ref)
        return Response(serializers.GateNow(_facts(standings.of(gate, timezone.now()))).data, headers=_NO_STORE)


class OneDecision(ApiView):
    """The decision of a gate."""

    permission_classes = (requires(lookup.SEE),)

    @extend_schema(
        operation_id="gates_decision",
        summary="Export a decision",
        parameters=[number("turn", least=1, description="Round number. Default: latest.")],
        responses={200: OpenApiTypes.OBJECT, **_REFUSALS},
    )
    def get(self, request: Request, ref: str) -> HttpResponse:
        """Return the signed file, byte for byte; 404 while voting is blind. Logged before it is sent."""
        by = cast(User, request.user)
        gate = lookup.gate_for(by, ref)
        turn = asked(request, "turn", 0)
        package = lookup.package_for(gate, turn) if turn else lookup.newest_package(gate)
        file = export_decision(package=package, by=by)
        response = as_file(file, f"{gate.ref}-turn-{package.turn}.json", "application/json")
        response["Cache-Control"] = "no-store"
        return response


class PublicKey(ApiView):
    """The console's public signing key."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="signing_key", summary="The key that signs exports", responses={200: serializers.SigningKey}
    )
    def get(self, request: Request) -> Response:
        """The public half. Compare it with what you were given on another way."""
        facts = {"algorithm": "Ed25519", "key": key.public_key(), "id": key.key_id()}
        return Response(serializers.SigningKey(facts).data)


def _facts(found: GateStatus) -> dict[str, object]:
    gate, package, evaluated = found.snapshot.gate, found.package, found.snapshot.evaluated
    decision = getattr(package, "decision", None) if found.live else None
    return {
        "ref": gate.ref,
        "title": gate.title,
        "phase": gate.phase,
        "wave": gate.subject.ref,
        "state": found.state.value,
        "at": found.snapshot.at,
        "permits": rules.permitted(evaluated),
        "blocks": [one.sentence for one in rules.blockers(evaluated)],
        "criteria": [
            {
                "code": one.spec.code,
                "title": one.spec.title,
                "version": one.spec.version,
                "kind": str(one.spec.kind),
                "blocking": one.spec.blocking,
                "result": str(one.result),
                "observed": one.observed,
                "sentence": one.sentence,
                "permits": one.permits,
                "basis": one.basis,
            }
            for one in evaluated
        ],
        "turn": package.turn if package else None,
        "package": package.digest if package and found.live else "",
        "outcome": decision.outcome if decision else "",
        "valid_until": decision.valid_until if decision else None,
    }

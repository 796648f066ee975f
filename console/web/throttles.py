"""Rate limits of the API and of the search. They live in the cache; both must answer while the cache does not."""

from __future__ import annotations

import logging
from typing import Any

from redis.exceptions import RedisError
from rest_framework import throttling
from rest_framework.request import Request

logger = logging.getLogger(__name__)


class _Lenient(throttling.SimpleRateThrottle):
    """A throttle that lets requests pass while the cache is down: limits only slow busy callers, tokens protect."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """False for a caller who has asked too often."""
        try:
            return super().allow_request(request, view)
        except RedisError as error:
            logger.warning("Requests are not counted: the cache does not answer (%s).", type(error).__name__)
            return True


class UserThrottle(_Lenient, throttling.UserRateThrottle):
    """Requests of one account."""


class VisitorThrottle(_Lenient, throttling.AnonRateThrottle):
    """Requests of one address without an account."""


class SearchThrottle(UserThrottle):
    """Searches of one person: more than a person types in a minute, and too few to try numbers one after the other."""

    scope = "search"
    rate = "120/min"

"""Settings of the tests: those of the product, with the apps that only tests install."""

from __future__ import annotations

from console.settings import *  # noqa: F403 - every setting of the product
from console.settings import INSTALLED_APPS as PRODUCT_APPS
from tests import toys

INSTALLED_APPS = [*PRODUCT_APPS, *toys.APPS]
toys.extend_central_lists()

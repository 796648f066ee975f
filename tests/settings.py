"""Settings of the tests: those of the product, with the apps that only tests and the demonstration install."""

from __future__ import annotations

from console.settings import *  # noqa: F403 - every setting of the product
from console.settings import CAPABILITIES as PRODUCT_CAPABILITIES
from console.settings import LIBRARIES
from tests import toys

CAPABILITIES = [*PRODUCT_CAPABILITIES, "samples.entrance", *toys.APPS]
INSTALLED_APPS = [*LIBRARIES, *CAPABILITIES]
toys.extend_central_lists()

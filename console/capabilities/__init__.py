"""How an app declares what it brings to the console.

Each capability has one declaration, ``CAPABILITY`` in its ``registration.py``, and an ``AppConfig`` that stands on
``console.capabilities.config.CapabilityConfig``. What reads the declarations (navigation, home page, audit log, API,
metrics, schedule …) asks the registries of ``console.capabilities.parts``.
"""

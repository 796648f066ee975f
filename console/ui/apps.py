from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "console.ui"
    label = "ui"
    verbose_name = "Shell"

    def ready(self) -> None:
        from console.audit import verbs  # noqa: PLC0415 - the apps are ready only now
        from console.ui.nav import NavItem, register  # noqa: PLC0415

        verbs.register(
            "person.display_chosen", "chose how pages look: {theme}, {density}, times in {time_zone}", "palette"
        )
        gallery = NavItem("Components", "ui:gallery", "layout-grid", permission="people.view_gallery", order=900)
        register(gallery)

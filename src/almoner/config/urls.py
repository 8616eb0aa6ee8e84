"""Every address of the site. The giving path's language stands in front of it: /give/... and /ar/give/..."""

from pathlib import Path

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from almoner.config import files, health, mailbox

_SOURCE = Path(__file__).resolve().parents[2]


def _room(prefix: str, module: str) -> list[URLPattern | URLResolver]:
    file = _SOURCE.joinpath(*module.split(".")).with_suffix(".py")
    return [path(prefix, include(module))] if file.exists() else []


handler400 = "almoner.config.errors.bad_request"
handler403 = "almoner.config.errors.forbidden"
handler404 = "almoner.config.errors.not_found"
handler500 = "almoner.config.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    *_room("webhooks/mail/", "almoner.receipts.webhook_urls"),
    *_room("webhooks/", "almoner.payments.urls"),
    *(
        [
            path("sandbox/mail/", mailbox.listing, name="demo-mail"),
            path("sandbox/mail/<slug:name>/", mailbox.message, name="demo-mail-message"),
            path("sandbox/mail/<slug:name>/<int:part>/", mailbox.part, name="demo-mail-part"),
        ]
        if settings.ALMONER_SANDBOX
        else []
    ),
    *i18n_patterns(
        *_room("give/", "almoner.giving.urls"),
        *_room("receipts/", "almoner.receipts.urls"),
        *(_room("sandbox/", "almoner.payments.gateways.sandbox.urls") if settings.ALMONER_SANDBOX else []),
        prefix_default_language=False,
    ),
    path("static/<path:path>", files.static),
    path("media/images/<path:path>", files.image),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    *_room("", "almoner.stories.urls"),
    path("", include(wagtail_urls)),
]

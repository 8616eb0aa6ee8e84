"""Every address of the site. The giving path's language stands in front of it: /give/... and /ar/give/..."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from almoner.config import files, health, mailbox, metrics

handler400 = "almoner.config.errors.bad_request"
handler403 = "almoner.config.errors.forbidden"
handler404 = "almoner.config.errors.not_found"
handler500 = "almoner.config.errors.broken"

_Patterns = list[URLPattern | URLResolver]

# The sandbox's pages and the mail that the demo kept: nowhere near a production, whose settings refuse the sandbox.
_demo: _Patterns = [
    path("sandbox/mail/", mailbox.listing, name="demo-mail"),
    path("sandbox/mail/<slug:name>/", mailbox.message, name="demo-mail-message"),
    path("sandbox/mail/<slug:name>/<int:part>/", mailbox.part, name="demo-mail-part"),
]
_sandbox: _Patterns = [path("sandbox/", include("almoner.payments.gateways.sandbox.urls"))]

urlpatterns: _Patterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/v1/", include("almoner.api.urls")),
    path("webhooks/mail/", include("almoner.receipts.webhook_urls")),
    path("webhooks/", include("almoner.payments.urls")),
    *(_demo if settings.ALMONER_SANDBOX else []),
    path("", include("almoner.embedding.urls")),
    *i18n_patterns(
        path("give/", include("almoner.giving.urls")),
        path("receipts/", include("almoner.receipts.urls")),
        path("giving/", include("almoner.donors.urls")),
        *(_sandbox if settings.ALMONER_SANDBOX else []),
        prefix_default_language=False,
    ),
    path(".well-known/apple-developer-merchantid-domain-association", files.apple_pay),
    path("static/<path:path>", files.static),
    path("media/images/<path:path>", files.image),
    # In front of Wagtail's and wagtail-2fa's own pages of these names.
    path("admin/", include("almoner.backoffice.entrance.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("almoner.stories.urls")),
    path("", include(wagtail_urls)),
]

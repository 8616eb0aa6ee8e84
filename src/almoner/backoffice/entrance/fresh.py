"""A recent second factor for what can't be taken back: refunds, exports of people, keys for other systems,
staff's accounts and their devices.

Whoever finds a signed-in browser can look around with it, and no more. The page that asks for the code carries what was
typed, encrypted, and hands it on to the act when the code is right.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django_otp import user_has_device

from almoner.backoffice.entrance import second_factor

GetResponse = Callable[[HttpRequest], HttpResponseBase]

FIELD: Final = "typed_before"
_LIFE_SECONDS: Final = 900
_CHANGES: Final = (
    "backoffice:refund", "backoffice:refund_not_made", "backoffice:erase_donor", "backoffice:person",
    "backoffice:accept_dispute",
    "backoffice:webhooks", "backoffice:webhook", "backoffice:api_tokens",
    "wagtailusers_users:add", "wagtailusers_users:edit",
    "wagtailusers_users:delete", "wagtailusers_groups:add", "wagtailusers_groups:edit", "wagtailusers_groups:delete",
    "wagtailadmin_account", "wagtail_2fa_device_new", "wagtail_2fa_device_update", "wagtail_2fa_device_remove",
)  # fmt: skip
_EXPORTS: Final = ("backoffice:gifts_export", "backoffice:plans_export")


@dataclass(frozen=True, slots=True)
class Typed:
    """A request that waits for its code: whose, for which address, and its form's body (None: it was a GET)."""

    user_id: int | None
    address: str
    body: str | None

    def seal(self) -> str:
        return _keys().encrypt(json.dumps(asdict(self)).encode()).decode()


class FreshFactor:
    """Middleware: see the module. Where two factors aren't required it asks for nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if not settings.WAGTAIL_2FA_REQUIRED or not request.path_info.startswith("/admin/"):
            return None
        if FIELD in request.POST:
            return _answer(request)
        if not _asks(request) or second_factor.is_fresh(request):
            return None
        body = None if request.method != "POST" or request.FILES else request.POST.urlencode()
        return _page(request, Typed(request.user.pk, request.get_full_path(), body))


def _asks(request: HttpRequest) -> bool:
    """Whether the request is an act that needs a fresh code. Whoever has no device yet has none to give one from."""
    if not request.user.is_authenticated or request.resolver_match is None:
        return False
    name = request.resolver_match.view_name
    if request.method == "POST":
        asks = name in _CHANGES or (name == "wagtail_bulk_action" and "user" in request.path_info)
    else:
        # Wagtail's lists give themselves away as files too.
        asks = name in _EXPORTS or request.GET.get("export", "") != ""
    return asks and bool(user_has_device(request.user))


def _answer(request: HttpRequest) -> HttpResponseBase | None:
    """The code came: with the right one the act goes on, as it was typed. None lets the view be called."""
    typed = _open(request)
    if typed is None:
        return HttpResponseRedirect(request.get_full_path())
    form = second_factor.SecondFactorForm(request.user, request.POST)
    if not form.is_valid():
        second_factor.mark_refused(request)
        return _page(request, typed, form)
    second_factor.mark_given(request)
    if typed.body is None:
        return HttpResponseRedirect(typed.address)
    # What was typed, not what the page asked.
    request.POST = QueryDict(typed.body)
    return None


def _open(request: HttpRequest) -> Typed | None:
    """None for what isn't of this person and this address, or is old: it is typed anew."""
    try:
        content = json.loads(_keys().decrypt(request.POST[FIELD], ttl=_LIFE_SECONDS))
    except InvalidToken:
        return None
    typed = Typed(**content)
    ours = (typed.user_id, typed.address) == (request.user.pk, request.get_full_path())
    return typed if ours else None


def _page(request: HttpRequest, typed: Typed, form: Any = None) -> HttpResponse:
    context = {
        "form": form or second_factor.SecondFactorForm(request.user),
        "minutes": settings.STAFF_FRESH_FACTOR_SECONDS // 60,
        "sealed_field": FIELD,
        "sealed": typed.seal(),
        "lost_files": bool(request.FILES),
    }
    page = render(request, "backoffice/fresh_factor.html", context)
    page["Cache-Control"] = "no-store"
    return page


@lru_cache(maxsize=1)
def _keys() -> MultiFernet:
    """One key a secret: the newest seals, all of them open."""
    return MultiFernet(
        [Fernet(_derive(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _derive(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"almoner staff act").derive(secret.encode())
    return base64.urlsafe_b64encode(key)

"""A witness for what no view writes down: a request of staff's that changed something leaves an entry of its own."""

import json
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, reverse

from almoner.charities import audit
from almoner.charities.scope import charities_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# What changes nothing that others see: previews, a chooser's links, who is looking at what, what was folded away.
# And this room's own screens, which write down themselves what they do.
_NO_ACTS: Final = (
    "backoffice:", "forms:", "charities:", "funds:",
    "wagtailadmin_choose_", "wagtailadmin_dismissibles", "wagtailadmin_editing_sessions:", "wagtailadmin_login",
    "wagtailadmin_block_preview", "wagtailadmin_pages:collect_workflow_action_data", "wagtailembeds:",
    "wagtailadmin_password_reset", "wagtail_2fa_auth", "wagtailredirects:start_import",
)  # fmt: skip
_WORDS: Final = {
    "wagtailadmin_logout": "sign out",
    "wagtailadmin_account": "change own account",
    "wagtailimages:add_multiple": "add image",
    "wagtailimages:edit_multiple": "edit image",
    "wagtailimages:delete_multiple": "delete image",
    "wagtailimages:create_multiple_from_uploaded_image": "add image",
    "wagtailimages_chooser:create": "add image",
    "wagtaildocs:add_multiple": "add document",
    "wagtaildocs:edit_multiple": "edit document",
    "wagtaildocs:delete_multiple": "delete document",
    "wagtaildocs:create_multiple_from_uploaded_document": "add document",
    "wagtaildocs_chooser:create": "add document",
}
_LONGEST: Final = 60


class Witness:
    """Middleware: see the module. It writes after the act, and only where the act's own transaction wrote nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in _SAFE or not request.path_info.startswith("/admin/"):
            return self._get_response(request)
        # Asked now, for signing out forgets who it was.
        user, known = request.user, request.user.is_authenticated
        written = audit.written()
        response = self._get_response(request)
        match = request.resolver_match
        if known and match is not None and audit.written() == written and _is_act(match.view_name, response):
            own = charities_of(user)[:2]
            audit.record(
                actor=user,
                charity=own[0] if len(own) == 1 else None,
                action=_WORDS.get(match.view_name, match.view_name)[:_LONGEST],
                object_type="address",
                object_id=_what(match, response)[:64],
            )
        return response


def _is_act(name: str, response: HttpResponseBase) -> bool:
    return bool(name) and "preview" not in name and not name.startswith(_NO_ACTS) and _was_done(response)


def _was_done(response: HttpResponseBase) -> bool:
    """A form that comes back is a page with status 200, what is refused leads home; an act leads on, or is JSON."""
    if response.status_code >= 400:
        return False
    if 300 <= response.status_code < 400:
        return response.headers.get("Location") != reverse("wagtailadmin_home")
    return bool(_json(response).get("success", True)) if _is_json(response) else False


def _is_json(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith("application/json")


def _json(response: Any) -> dict[str, Any]:
    found = json.loads(response.content)
    return found if isinstance(found, dict) else {}


def _what(match: ResolverMatch, response: HttpResponseBase) -> str:
    """The identifiers in the address, or the one that the answer gives to what was made."""
    told = _json(response) if _is_json(response) else {}
    made = [told[name] for name in ("image_id", "doc_id") if name in told]
    return " ".join(str(value) for value in (made or [*match.args, *match.kwargs.values()]))

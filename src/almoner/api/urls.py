"""/api/v1/: what stands where. The description in OpenAPI is public; everything else takes a token."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, re_path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from almoner.api import (
    claims,
    exports,
    forms,
    gifts,
    limits,
    observations,
    people,
    plans,
    problems,
    receipts,
    register,
    sources,
)  # fmt: skip

_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
_ABOUT: Final = """
What one charity has here, for its other systems. Send `Authorization: Bearer almoner_…`: staff make tokens under
Settings, API tokens, each of one charity and with scopes of its own. What changes something takes an
`Idempotency-Key`: repeated with the same key it is done once, and answers the same. Amounts are whole numbers of minor
units. How many calls a token has left in this minute stands in `RateLimit`. Whatever goes wrong is told as
application/problem+json (RFC 9457).
"""


class _Api(NinjaAPI):
    """No answer is kept on the way: each is one charity's own."""

    def create_response(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().create_response(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return limits.tell(request, response)

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        return limits.tell(request, super().on_exception(request, exc))

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """What can go wrong with every call is said of every one, and as what it is sent."""
        schema = super().get_openapi_schema(**kwargs)
        for operations in schema["paths"].values():
            for operation in operations.values():
                answers = operation["responses"]
                for status in ("401", "403", "422", "429"):
                    answers.setdefault(status, {"description": "See its code.", "content": _PROBLEM})
                for status, told in answers.items():
                    if int(status) >= 400:
                        told["content"] = _PROBLEM
        return schema


api = _Api(
    title="Almoner",
    version="1",
    description=_ABOUT.strip(),
    # Its pages for people would load scripts from elsewhere.
    docs_url=None,
    openapi_url="openapi.json",
    urls_namespace="api",
)
problems.handle(api)
api.add_router("/forms", forms.router)
api.add_router("/gifts", gifts.router)
api.add_router("/plans", plans.router)
api.add_router("/supporters", people.router)
api.add_router("/receipts", receipts.router)
api.add_router("/exports", exports.router)
api.add_router("/programmes", observations.router)
api.add_router("/programmes", register.router)
api.add_router("/sources", sources.router)
api.add_router("/claims", claims.router)


def missing(request: HttpRequest) -> HttpResponse:
    """Below here even what isn't there answers in one shape."""
    return problems.answer(404, problems.not_found().body())


app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [*api.urls[0], re_path("", missing)]

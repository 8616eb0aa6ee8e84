"""Webhooks: verified, kept, answered. What they mean is found out by a worker, which asks the gateway."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from almoner.kernel.clock import now
from almoner.payments.gateways import GatewayUnknown, gateway
from almoner.payments.gateways.port import GatewayError, SignatureInvalid
from almoner.payments.inbox import receive

_MAX_BYTES = 256 * 1024


@require_POST
def webhook(request: HttpRequest, code: str) -> HttpResponse:
    """2xx when the message is kept, whether it is new or not; 400 for one that the gateway did not sign."""
    try:
        known = gateway(code)
    except GatewayUnknown:
        return HttpResponse(status=404)
    if int(request.META.get("CONTENT_LENGTH") or 0) > _MAX_BYTES:
        return HttpResponse(status=413)
    try:
        receive(known, body=request.body, headers=request.headers, at=now())
    except SignatureInvalid:
        return HttpResponse("signature", status=400, content_type="text/plain")
    except GatewayError:
        # It could not be verified now: nothing is kept, and the gateway sends it again.
        return HttpResponse(status=503)
    return HttpResponse(status=204)

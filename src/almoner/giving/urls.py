"""Under /give/, and under /ar/give/ in another language.

Each step has a twin for a frame in another site's page, with the colours that the page asks for in its address.
"""

from django.urls import URLPattern, path, register_converter

from almoner.giving import views


class Colours:
    """ "8a1c1c", "8a1c1c-f2b705" or "-f2b705": a primary colour and an accent."""

    regex = "[0-9a-f]{6}(?:-[0-9a-f]{6})?|-[0-9a-f]{6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Colours, "colours")


def _steps(root: str, suffix: str, own: dict[str, str]) -> list[URLPattern]:
    """A form's steps, its thank-you, and the way there from a gateway's page."""
    return [
        path(f"return/<slug:public_key>/{root}", views.come_back, own, name=f"give-return{suffix}"),
        path(f"thanks/<slug:public_key>/{root}", views.thanks_page, own, name=f"give-thanks{suffix}"),
        path(f"<slug:key>/{root}", views.form_page, own, name=f"give-form{suffix}"),
        path(f"<slug:key>/{root}details/", views.take_amount, own, name=f"give-details{suffix}"),
        path(f"<slug:key>/{root}payment/", views.take_details, own, name=f"give-payment{suffix}"),
        path(f"<slug:key>/{root}submit/", views.submit, own, name=f"give-submit{suffix}"),
    ]


urlpatterns = [
    path("assets/<slug:digest>/<str:name>", views.asset_file, name="give-asset"),
    *_steps("", "", {}),
    *_steps("frame/", "-frame", {"colours": ""}),
    *_steps("frame/<colours:colours>/", "-frame-coloured", {}),
]

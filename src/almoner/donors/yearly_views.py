"""Stopping the yearly message: by the link in its mail, which needs no signing in, or on the donor's own page."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from almoner.donors import wishes
from almoner.donors.models import ReachedMail
from almoner.donors.overview import newest_contact
from almoner.donors.pages import page
from almoner.donors.visiting import Donor, Guest, for_donors, for_holders, see_other
from almoner.kernel.clock import now


@for_holders
def stop(guest: Guest, key: str) -> HttpResponse:
    """A page with one button, and what the button does: mail programs follow links, so looking stops nothing. A mail
    service posts here without a page (one-click), and is answered with one all the same."""
    mail = ReachedMail.objects.select_related("contact").filter(public_key=key, charity=guest.charity).first()
    if mail is None:
        raise Http404("There is no such mail.")
    if not guest.posts:
        return page(guest, "stop_yearly", _("Stop the yearly messages?"))
    one_click = guest.post.get("List-Unsubscribe") == "One-Click"
    wishes.choose(
        mail.contact, wanted=False, source="yearly mail, one click" if one_click else "yearly mail", at=now()
    )
    return page(guest, "yearly_stopped", _("You get no more yearly messages"))


@for_donors
def switch(donor: Donor) -> HttpResponse:
    """On the donor's own page: stopped, or wanted again."""
    contact = newest_contact(donor)
    if donor.posts and contact is not None and donor.post.get("wanted") in ("yes", "no"):
        wishes.choose(contact, wanted=donor.post["wanted"] == "yes", source="donor's own page", at=now())
    return see_other(donor.to(""))

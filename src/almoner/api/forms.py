"""Forms, as far as other systems need them: what may be given, for what."""

from django.core.validators import slug_re
from django.http import HttpRequest
from ninja import Router

from almoner.api.calling import caller_of, takes
from almoner.api.paging import Cursor, Limit, Page, page_of, whole
from almoner.api.problems import ProblemBody, not_found
from almoner.api.scopes import Scope
from almoner.api.shapes import FormOut
from almoner.charities.phrases import said_in_all
from almoner.giving.models import DonationForm

router = Router(tags=["forms"])


@router.get("", **takes(Scope.FORMS_READ), response=Page[FormOut], operation_id="list_forms")
def listing(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[FormOut]:
    """The newest first, each with what is said of it in other languages."""
    charity = caller_of(request).charity
    forms = DonationForm.objects.filter(charity=charity)
    forms = forms.prefetch_related("numbers", "form_funds__fund")
    found, after = page_of(forms, by={"id": whole}, cursor=cursor, limit=limit)
    said = said_in_all(charity)
    shown = [FormOut.of(form, language=charity.language, said=said) for form in found]
    return Page[FormOut](items=shown, next=after)


@router.get(
    "/{slug}",
    **takes(Scope.FORMS_READ),
    response={200: FormOut, 404: ProblemBody},
    operation_id="get_form",
)
def one(request: HttpRequest, slug: str) -> FormOut:
    charity = caller_of(request).charity
    forms = DonationForm.objects.filter(charity=charity)
    # What can't be a name is no question for a database.
    known = slug_re.fullmatch(slug)
    form = forms.filter(slug=slug).prefetch_related("numbers", "form_funds__fund").first() if known else None
    if form is None:
        raise not_found()
    return FormOut.of(form, language=charity.language, said=said_in_all(charity))

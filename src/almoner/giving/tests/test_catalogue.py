"""The forms in memory: what other threads do to it meanwhile, and forms that can take nothing."""

import logging
from collections.abc import Callable

import pytest
from django.urls import reverse

from almoner.charities.models import Charity, Fund
from almoner.charities.sites import bump, forget_stamps
from almoner.giving import catalogue, urls
from almoner.giving.catalogue import FormSpec
from almoner.giving.models import DonationForm, FormFund
from almoner.giving.tests.checking import nothing_stored_or_sent, step_of
from almoner.giving.tests.conftest import Donor


def retitle(form: DonationForm, title: str) -> None:
    """An editor saves, and another request of this process notices."""
    DonationForm.objects.filter(pk=form.pk).update(title=title)
    bump(form.charity_id)
    forget_stamps()


def test_a_form_compiled_before_a_change_is_not_kept_after_it(
    charity: Charity, form: DonationForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_now: Callable[[Charity, str], FormSpec | None] = catalogue._compile

    def overtaken(charity: Charity, key: str) -> FormSpec | None:
        old = compile_now(charity, key)
        monkeypatch.setattr(catalogue, "_compile", compile_now)
        retitle(form, "New")
        other = catalogue.form_of(charity, "light")
        assert other is not None and other.title == "New"
        return old

    catalogue.forget()
    monkeypatch.setattr(catalogue, "_compile", overtaken)
    begun = catalogue.form_of(charity, "4840")
    assert begun is not None and begun.title == form.title
    later = catalogue.form_of(charity, "4840")
    assert later is not None and later.title == "New"


class Emptied(dict[object, object]):
    """Another thread forgets everything just when somebody has looked whether a thing is there."""

    def __contains__(self, key: object) -> bool:
        found = super().__contains__(key)
        catalogue.forget()
        return found

    def get(self, key: object, default: object = None) -> object:
        found = super().get(key, default)
        catalogue.forget()
        return found


@pytest.mark.parametrize("name", ["forms", "charities"])
def test_memory_that_is_emptied_between_two_looks(charity: Charity, form: DonationForm, name: str) -> None:
    assert catalogue.charity_at("testserver") == charity and catalogue.form_of(charity, "4840") is not None
    known = catalogue._Memory.known
    emptied = Emptied(getattr(known, name))
    catalogue._Memory.known = catalogue._Known(
        known.stamps, **{"forms": known.forms, "charities": known.charities, name: emptied}
    )
    found = catalogue.charity_at("testserver") if name == "charities" else catalogue.form_of(charity, "4840")
    assert found is not None
    assert catalogue._Memory.known.stamps is None, "nothing was emptied"


def test_without_any_active_fund_there_is_no_form(
    donor: Donor, form: DonationForm, caplog: pytest.LogCaptureFixture
) -> None:
    page = donor.to_payment()
    Fund.objects.update(active=False)
    bump(form.charity_id)
    with nothing_stored_or_sent(), caplog.at_level(logging.WARNING):
        assert donor.client.get("/give/4840/").status_code == 404
        assert donor.amount().status_code == 404
        assert donor.client.post("/give/4840/details/", {"amount": "50"}).status_code == 404
        assert donor.give(page).status_code == 404
    assert "takes no gifts" in caplog.text


def test_the_default_fund_stands_in_for_those_that_were_switched_off(
    donor: Donor, form: DonationForm
) -> None:
    FormFund.objects.filter(form=form, fund__code="children").delete()
    Fund.objects.filter(code="general").update(active=False)
    bump(form.charity_id)
    assert step_of(donor.client.post("/give/4840/details/", {"amount": "50"})) == "details"


def test_words_that_no_form_may_have_are_those_of_other_addresses() -> None:
    fixed = {
        str(pattern.pattern).partition("/")[0]
        for pattern in urls.urlpatterns
        if not str(pattern.pattern).startswith("<slug:key>")
    }
    # The address finder's stands in front of Django.
    assert fixed | {"addresses"} == catalogue.RESERVED_SLUGS
    assert reverse("give-form", args=["thanks"]) == "/give/thanks/"

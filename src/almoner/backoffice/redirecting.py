"""Wagtail's redirects, for members of staff whom a superuser lets make them: those of their own charities' sites.

A redirect for all sites is everybody's, so only those to whom all charities belong make one.
"""

from typing import Any

from django.db.models import QuerySet
from wagtail.contrib.redirects import filters, forms, views

from almoner.backoffice import narrowing, whose
from almoner.charities import reader


def narrow_redirects() -> None:
    """Called once, by `wagtail_hooks`. That an address names one's own is seen to by the fence."""
    listed = views.IndexView.get_base_queryset

    def own(view: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = listed(view)
        user = reader.bound()
        return found if user is None else found.filter(pk__in=whose.redirects_of(user).values("pk"))

    views.IndexView.get_base_queryset = own
    narrowing.narrow(filters.RedirectsReportFilterSet.base_filters["site"], whose.sites_of_reader)
    for form in (forms.RedirectForm, forms.ConfirmImportForm):
        _narrow_site(form)


def _narrow_site(form_class: Any) -> None:
    begin = form_class.__init__

    def narrowed(form: Any, *args: Any, **kwargs: Any) -> None:
        begin(form, *args, **kwargs)
        if (user := reader.bound()) is not None:
            field = form.fields["site"]
            field.queryset = whose.sites_of_reader(user)
            field.required = not whose.has_all(user)

    form_class.__init__ = narrowed

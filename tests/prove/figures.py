"""Corruptions of the impact register."""

from dataclasses import replace
from decimal import Decimal

from django.contrib.auth.models import User
from django.core.files.base import ContentFile

from almoner.charities.models import Charity
from almoner.consents import acts
from almoner.impact import claims, releasing
from almoner.impact.models import Claim, Observation, ReleaseApproval, Replacement
from almoner.impact.quantities import Bound
from almoner.impact.register import correct, decide, enter
from almoner.impact.tests.making import Person, make_figure
from almoner.kernel.clock import now
from almoner.stories.permits.marking import mark
from almoner.stories.tests.showing import make_consent, send
from tests.prove.history import History
from tests.prove.planting import edited, other_charity, plants


@plants("figures verified")
def a_figure_verified_by_whoever_entered_it(history: History) -> str:
    observation = enter(make_figure(history.charity), actor=history.staff)
    second = User.objects.create_superuser("second pair of eyes")
    edited(decide(observation, accepted=True, role="Editor", actor=second), by_id=observation.entered_by_id)
    return f"observation {observation.pk}"


@plants("figures of one register")
def a_figure_from_anothers_source(history: History) -> str:
    observation = enter(make_figure(history.charity), actor=history.staff)
    edited(observation.source, charity=other_charity())
    return f"observation {observation.pk}"


@plants("figures of one register")
def a_correction_of_another_group(history: History) -> str:
    figure = make_figure(history.charity)
    wrong = enter(figure, actor=history.staff)
    right: Observation = correct(wrong, figure, reason="Counted again.", actor=history.staff)
    edited(wrong, dimension="sex", category="girls")
    return f"observation {right.pk}"


def _corrected(history: History, *, accepted: bool) -> Observation:
    figure = make_figure(history.charity)
    wrong = enter(figure, actor=history.staff)
    right: Observation = correct(wrong, figure, reason="Counted again.", actor=history.staff)
    second = User.objects.create_superuser("second pair of eyes")
    for each in (wrong, right):
        decide(each, accepted=accepted or each is wrong, role="Editor", actor=second)
    return right


@plants("corrections in place")
def a_correction_beside_what_it_corrects(history: History) -> str:
    right = _corrected(history, accepted=True)
    edited(right, supersedes=None, reason="")
    return f"observation {right.pk}"


@plants("corrections in place")
def a_correction_that_was_sent_back_in_anothers_place(history: History) -> str:
    right = _corrected(history, accepted=False)
    assert right.supersedes is not None
    Replacement.objects.create(old=right.supersedes, new=right, at=now())
    return f"observation {right.pk}"


def _small(history: History) -> ReleaseApproval:
    few = replace(make_figure(history.charity), value=Decimal(2), bound=Bound.EXACT)
    observation = enter(few, actor=Person(-1, "ana"))
    decide(observation, accepted=True, role="Editor", actor=Person(-2, "ben"))
    asked = releasing.release(observation, reason="In the report.", actor=Person(-1, "ana"))
    return releasing.approve(asked, actor=Person(-2, "ben"))


@plants("small figures let out")
def a_small_figure_let_out_by_one(history: History) -> str:
    agreed = _small(history)
    edited(agreed, by_id=agreed.release.by_id)
    return f"observation {agreed.release.observation_id}"


@plants("small figures let out")
def a_small_figure_of_a_source_that_is_not_public(history: History) -> str:
    agreed = _small(history)
    edited(agreed.release.observation.source, access="internal")
    return f"observation {agreed.release.observation_id}"


def _claim(history: History) -> Claim:
    observation = enter(make_figure(history.charity), actor=Person(-1, "ana"))
    decide(observation, accepted=True, role="Editor", actor=Person(-2, "ben"))
    return claims.enter(
        Claim(
            charity=history.charity, indicator=observation.indicator, carrier=Claim.Carrier.PRINT,
            carrier_title="Annual report", number="over 1,000", wording="We freed over 1,000.",
        ),
        actor=history.staff,
    )  # fmt: skip


@plants("claims rest on figures")
def a_claim_on_a_figure_that_was_sent_back(history: History) -> str:
    claim = _claim(history)
    assert claim.state == Claim.State.HOLDS and claim.observation is not None
    edited(claim.observation.verification, accepted=False)
    return f"claim {claim.pk}"


@plants("claims rest on figures")
def a_claim_that_holds_by_nothing(history: History) -> str:
    claim = _claim(history)
    Claim.objects.filter(pk=claim.pk).update(observation=None)
    return f"claim {claim.pk}"


def _withdrawn(charity: Charity) -> tuple[object, str]:
    """A picture that pages showed, whose consent was withdrawn by somebody who forgot its files; and one of these."""
    image = send(charity)
    work = mark(image)
    assert work is not None
    consent = make_consent(charity, work)
    cut = image.get_rendition("width-480|format-webp")
    acts.withdraw(consent, by="person", why="Asked.", actor=Person(-1, "ana"))
    return cut, cut.file.name


@plants("withdrawn pictures")
def a_cut_of_a_withdrawn_picture(history: History) -> str:
    return _withdrawn(history.charity)[1]


@plants("withdrawn pictures")
def a_file_of_a_withdrawn_picture_without_its_row(history: History) -> str:
    cut, name = _withdrawn(history.charity)
    storage = cut.file.storage  # type: ignore[attr-defined]
    cut.delete()  # type: ignore[attr-defined]
    storage.delete(name)
    return str(storage.save(name, ContentFile(b"left")))

"""Corruptions of the impact register."""

from django.contrib.auth.models import User

from almoner.impact.models import Observation
from almoner.impact.register import correct, decide, enter
from almoner.impact.tests.making import make_figure
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

"""Whether a cut picture may be had at its address: asked at each request, so that it is gone with its consent."""

from typing import Any

from django.http import HttpRequest
from wagtail.images import get_image_model
from wagtail.images.permissions import permission_policy

from almoner.charities.sites import NoCharity, charity_for
from almoner.consents.standing import Known, Place
from almoner.stories import renditions
from almoner.stories.permits.marking import known_works


def rendition_at(name: str) -> Any:
    """The rendition that is stored as `name`, such as "images/boat.width-800.format-avif.avif"; None for no one's."""
    rendition_model = get_image_model().get_rendition_model()
    return rendition_model.objects.select_related("image").filter(file=name).first()


def is_public(rendition: Any, host: str) -> bool:
    """Whether anybody may see it on the charity's site that answers at `host`."""
    channel = renditions.channel_of(rendition.filter_spec)
    work = known_works([rendition.image]).get(rendition.image_id)
    if channel is None or work is None:
        return False
    try:
        known = Known(charity_for(host), [work])
    except NoCharity:
        return False
    return known.verdict(work, Place(channel)).allowed


def is_for_staff(rendition: Any, request: HttpRequest) -> bool:
    """Whether it is asked for by somebody who may work with the picture: without a consent, they alone see it."""
    user: Any = request.user
    return bool(
        user.is_authenticated
        and user.has_perm("wagtailadmin.access_admin")
        and permission_policy.user_has_any_permission_for_instance(
            user, ["change", "delete", "choose"], rendition.image
        )
    )

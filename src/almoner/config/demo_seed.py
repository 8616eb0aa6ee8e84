"""What the demonstration holds: a charity with its funds and forms, its stories, what it reached, and one of staff."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from almoner.addresses import demo_pack
from almoner.backoffice import roles
from almoner.config import secrets
from almoner.consents.standing import today
from almoner.giving import demo as giving
from almoner.giving import demo_night, demo_tongues
from almoner.impact import demo_own as register
from almoner.stories import demo as stories
from almoner.stories import demo_own as own_stories

STAFF: Final = "staff"


@dataclass(frozen=True, slots=True)
class Demo:
    """What is worth opening: paths on the site, and how staff sign in."""

    story_path: str
    form_path: str
    staff: str
    password: str


def seed(*, port: int) -> Demo:
    """Make what isn't there yet; what was changed since stays. `port` is where the site answers this time."""
    demo_pack.ensure(Path(settings.ADDRESSES_DIR))
    with transaction.atomic():
        charity = giving.seed()
        story = stories.seed(charity, hostname="127.0.0.1", port=port)
        stories.translate(charity)
        roles.ensure_roles()
        password = _staff()
    return Demo(
        story_path=story.get_url() or "/",
        form_path=f"/give/{giving.FORM_NUMBER}/",
        staff=STAFF,
        password=password,
    )


def tell() -> None:
    """A year of gifts, what the forms say in other languages, two programmes with what they reached, and stories of
    them: what a visitor looks at, and tests and benches, which count from nothing, do without. Make what isn't there
    yet, after `seed`."""
    charity = giving.seed()
    day = today(charity)
    with transaction.atomic():
        demo_night.seed(charity, today=day)
        demo_tongues.seed(charity)
        register.seed(charity, today=day)
        own_stories.seed(charity)


def _staff() -> str:
    """The one account of the demo, which sees all. Its password is this data folder's own."""
    password = secrets.kept(Path(settings.DATA_DIR) / "staff-password.txt", size_bytes=12)
    if not User.objects.filter(username=STAFF).exists():
        User.objects.create_superuser(
            STAFF, "staff@demo.invalid", password, first_name="Demo", last_name="Staff"
        )
    return password

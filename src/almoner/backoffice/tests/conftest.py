"""Two charities with forms, gifts and staff in each role: what one may see, the other must not.

They are made once for a module's tests, in a database of their own: each begins with the same rows, and is rolled back.
"""

import pickle
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client, override_settings
from pytest_django.plugin import DjangoDbBlocker
from tests.support import templates
from tests.support.databases import borrowed, database_name

from almoner.backoffice import roles
from almoner.charities.models import Charity, Fund, StaffScope
from almoner.donors import phone
from almoner.giving import actions
from almoner.giving.models import DonationForm, FormNumber, Gift
from almoner.giving.tests.plans import ADA, begun
from almoner.kernel.clock import now
from almoner.kernel.references import new_public_key, new_uuid
from almoner.payments import gateways
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.plans.models import Plan
from almoner.supporters.people import Details


@dataclass(frozen=True)
class Settled:
    """A world, or what else was built, as tests find it: pickled, so that each has objects of its own, and the folder
    with what isn't rows."""

    world: bytes
    folder: Path


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox with a file of this test's own, which never stalls. It knows what the world's gifts were paid with."""
    if "settled" in request.fixturenames:
        for file in request.getfixturevalue("settled").folder.glob("sandbox.sqlite3*"):
            shutil.copy(file, tmp_path)
    with _sandbox_in(tmp_path) as own:
        yield own


@contextmanager
def _sandbox_in(folder: Path) -> Iterator[Sandbox]:
    own = Sandbox(folder / "sandbox.sqlite3", site_url="", secret="webhook secret", stall_seconds=0)
    gateways.gateways.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateways, "sandbox", lambda: own)
        yield own
    gateways.gateways.cache_clear()
    own.store.close()


@dataclass
class House:
    """One charity with what belongs to it."""

    charity: Charity
    fund: Fund
    form: DonationForm

    def give(
        self,
        *,
        amount_minor: int = 5000,
        method: str = "sandbox_card",
        outcome: str = "success",
        name: tuple[str, str] = ("Ada", "Nguyễn"),
        email: str = "ada@example.org",
        **more: Any,
    ) -> Gift:
        """A gift through the real actions and the sandbox; returns it as it stands afterwards."""
        gift, _attempt = actions.submit(
            actions.Intent(
                gift_id=new_uuid(),
                public_key=new_public_key(),
                ordinal=1,
                charity_id=self.charity.pk,
                form_id=self.form.pk,
                fund_id=self.fund.pk,
                fund_code=self.fund.code,
                details=Details(
                    given_name=name[0], family_name=name[1], email=email, address=more.pop("address", None)
                ),
                amount_minor=amount_minor,
                cover_minor=more.pop("cover_minor", 0),
                currency=more.pop("currency", self.charity.currency),
                gateway="bank" if method == "bank_transfer" else "sandbox",
                method=method,
                digest=uuid.uuid4().hex,
                language="en",
                description="A gift",
                return_url="https://example.org/back",
                input={"sandbox_outcome": outcome},
                **more,
            )
        )
        return Gift.objects.get(pk=gift.pk)

    def promise(self, **changes: Any) -> Plan:
        """A monthly gift through the real actions: its first one is paid."""
        return begun(self.form, **({"currency": self.charity.currency} | changes))

    def promise_by_phone(self, user: User) -> Plan:
        """One that waits for its donor to finish it."""
        told = phone.Told(amount_minor=3000, currency=self.charity.currency, every=1)
        return phone.start(
            told, ADA, charity=self.charity, fund=self.fund, form=self.form, plan_id=new_uuid(), actor=user
        )


def house(slug: str, *, default: bool = False, currency: str = "AUD", number: int = 4840) -> House:
    charity = Charity.objects.create(
        slug=slug,
        name=f"The {slug.capitalize()} Charity",
        legal_name=f"{slug.capitalize()} Ltd",
        country="AU",
        timezone="Australia/Sydney",
        currency=currency,
        email=f"hello@{slug}.example",
        mail_from=f"giving@{slug}.example",
        is_default=default,
        bank_details=[{"label": "BSB", "value": "063 000"}],
    )
    fund = Fund.objects.create(
        charity=charity, code="general", name=f"{slug.capitalize()} fund", is_default=True
    )
    form = DonationForm.objects.create(
        charity=charity, slug="give", title=f"{slug.capitalize()} form", currencies=currency,
        methods=["sandbox_card", "sandbox_hosted", "bank_transfer"],
    )  # fmt: skip
    FormNumber.objects.create(charity=charity, form=form, number=number)
    return House(charity=charity, fund=fund, form=form)


@dataclass
class World:
    """`tide` is the charity of the staff below; `river` is another one. `places`: what a module's tests have too."""

    tide: House
    river: House
    users: dict[str, User] = field(default_factory=dict)
    places: dict[str, Any] = field(default_factory=dict)

    def all_permissions(self) -> list[Permission]:
        """All of this room's, and the way into the admin."""
        return list(Permission.objects.filter(content_type__app_label="backoffice"))

    def client(self, who: str) -> Client:
        """A browser that has signed in as a fundraiser, editor, treasurer, superuser, river's fundraiser, ..."""
        client = Client()
        client.force_login(self.users[who])
        return client


def made() -> World:
    world = World(tide=house("tide", default=True), river=house("river", currency="NZD", number=7))
    roles.ensure_roles()
    for who, group, charity in (
        ("fundraiser", roles.FUNDRAISERS, world.tide.charity),
        ("editor", roles.EDITORS, world.tide.charity),
        ("treasurer", roles.TREASURERS, world.tide.charity),
        ("field worker", roles.FIELD, world.tide.charity),
        ("river fundraiser", roles.FUNDRAISERS, world.river.charity),
        ("river editor", roles.EDITORS, world.river.charity),
        ("river treasurer", roles.TREASURERS, world.river.charity),
        ("nobody's fundraiser", roles.FUNDRAISERS, None),
    ):
        # Nobody signs in by a password here.
        user = User.objects.create_user(who.replace(" ", "-").replace("'", ""))
        user.groups.add(Group.objects.get(name=group))
        if charity is not None:
            StaffScope.objects.create(user=user, charity=charity)
        world.users[who] = user
    world.users["superuser"] = User.objects.create_superuser("root")
    world.users["outsider"] = User.objects.create_user("outsider")
    return world


@contextmanager
def settling(build: Callable[[], object], folder: Path, blocker: DjangoDbBlocker) -> Iterator[Settled]:
    """A database with the rows of what is built, to which Django's connection points meanwhile."""
    with ExitStack() as database:
        with blocker.unblock():
            url = templates.MIGRATED.copy(database_name("world"), folder)
            database.enter_context(contextmanager(borrowed)(url))
            with _sandbox_in(folder), override_settings(MEDIA_ROOT=str(folder / "media")):
                kept = Settled(pickle.dumps(build()), folder)
        yield kept
        with blocker.unblock():
            database.close()


@pytest.fixture(scope="module")
def settled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settled]:
    with settling(made, tmp_path_factory.mktemp("world"), django_db_blocker) as kept:
        yield kept


@pytest.fixture
def world(settled: Settled, db: None, sandbox: Sandbox) -> World:
    world = pickle.loads(settled.world)  # noqa: S301
    assert isinstance(world, World)
    return world


@pytest.fixture
def media(settled: Settled, settings: Any, tmp_path: Path) -> None:
    """Pictures and documents of this test's own, which begin as the module's."""
    shutil.copytree(settled.folder / "media", tmp_path / "media")
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def as_(world: World) -> Callable[[str], Client]:
    return world.client


def days_ago(days: int) -> Any:
    return now() - timedelta(days=days)

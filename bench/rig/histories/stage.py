"""A database for each history, and the product set up to run in this process."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit, urlunsplit

import psycopg
import time_machine
from django.core.cache import cache
from django.db import connection, connections
from psycopg import sql

from almoner.charities.models import Charity, Fund
from almoner.charities.sites import forget_stamps
from almoner.config import database
from almoner.giving import catalogue, limits
from almoner.giving.actions import charging
from almoner.kernel import crashpoint
from almoner.kernel.environment import Environment
from almoner.ledger import books
from almoner.payments import gateways
from rig.histories.chance import START, Chance, Labels, Stopwatch
from rig.histories.oracle import Oracle, Verdict
from rig.histories.world import World


class Stage:
    """`prepared` is the address of a database with a charity; each history gets a copy of it."""

    def __init__(self, prepared: str, folder: Path) -> None:
        self.prepared, self.folder = prepared, folder
        self.charity_id, self.fund_id = self._furnish()

    def play(self, seed: int) -> tuple[World, Verdict]:
        """One history from its beginning to the verdict."""
        with self._database(), time_machine.travel(START, tick=False) as traveller:
            chance = Chance(seed, traveller)
            world = World(chance, self.charity_id, self.fund_id)
            known = {"sim": world.gateway}
            with (
                patch.object(gateways, "gateways", lru_cache(maxsize=1)(lambda: known)),
                patch.object(crashpoint, "_armed", Labels(chance)),
                patch.object(charging, "time", Stopwatch()),
            ):
                world.run()
                return world, Oracle(world).judge()

    def _furnish(self) -> tuple[int, int]:
        _point_at(self.prepared)
        charity = Charity.objects.create(
            slug="lamp", name="Lamp", legal_name="Lamp Ltd", country="AU", timezone="Australia/Sydney",
            currency="AUD", email="hello@lamp.example", mail_from="receipts@lamp.example", is_default=True,
        )  # fmt: skip
        fund = Fund.objects.create(charity=charity, code="children", name="Children", is_default=True)
        connections.close_all()
        return charity.pk, fund.pk

    @contextmanager
    def _database(self) -> Iterator[None]:
        address = urlsplit(self.prepared)
        if address.scheme == "sqlite":
            own = self.folder / "history.sqlite3"
            for leftover in self.folder.glob("history.sqlite3*"):
                leftover.unlink()
            shutil.copyfile(address.path, own)
            _point_at(f"sqlite:///{own}")
            yield
            connections.close_all()
            return
        name = f"{address.path.removeprefix('/')}_history"
        admin = urlunsplit(address._replace(path="/postgres"))
        _copy(admin, address.path.removeprefix("/"), name)
        _point_at(urlunsplit(address._replace(path=f"/{name}")))
        yield
        connections.close_all()


def _copy(admin: str, template: str, name: str) -> None:
    with psycopg.connect(admin, autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def _point_at(url: str) -> None:
    """Every connection of this process goes there from now on, and nothing is remembered of another's rows."""
    connections.close_all()
    settings: dict[str, Any] = connection.settings_dict
    settings.update(database.read(Environment({"ALMONER_DATABASE_URL": url})))
    cache.clear()
    forget_stamps()
    catalogue.forget()
    limits.forget()
    books.forget_accounts()

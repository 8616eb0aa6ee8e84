"""What staff do in Wagtail's own screens, written into our log as well: its chain shows a row that went missing.

Every act that Wagtail logs passes through the managers here: `wagtail_hooks` names their models to its registry.
"""

from typing import Any, Final, cast

from django.contrib.auth.models import Group, User
from wagtail.models import ModelLogEntry, PageLogEntry
from wagtail.models.audit_log import BaseLogEntryManager, ModelLogEntryManager
from wagtail.models.pages import PageLogEntryManager

from almoner.backoffice.trees import charity_of
from almoner.charities import audit
from almoner.charities.appendonly import protect

# Their own views write down what is done to them, in the words of this room.
_OWN_ROOMS: Final = frozenset({"backoffice", "charities", "giving"})
_LONGEST_ACT: Final = 60
_LONGEST_TYPE: Final = 40


def keep(instance: Any, action: str, user: Any, revision: Any) -> None:
    """An entry for one act of somebody. What the system does by itself (seeding, timed publishing) is in Wagtail's."""
    if user is None or instance._meta.app_label in _OWN_ROOMS:
        return
    kind = str(instance._meta.verbose_name)
    act = action.removeprefix("wagtail.").replace(".", " ").replace("_", " ")
    audit.record(
        actor=user,
        charity=charity_of(instance),
        action=f"{act} {kind}"[:_LONGEST_ACT],
        object_type=kind[:_LONGEST_TYPE],
        object_id=instance.pk,
        detail=_detail(instance, revision),
    )


def _detail(instance: Any, revision: Any) -> dict[str, Any]:
    """No titles and no names: a person's might be among them, and would outlive an erasure here."""
    if isinstance(instance, User):
        groups = sorted(instance.groups.values_list("name", flat=True))
        return {"superuser": instance.is_superuser, "active": instance.is_active, "groups": groups}
    if isinstance(instance, Group):
        return {"permissions": sorted(instance.permissions.values_list("codename", flat=True))}
    return {"revision": revision.pk} if revision is not None else {}


class _Keeps:
    """Goes before one of Wagtail's managers of log entries."""

    def log_action(self, instance: Any, action: str, **given: Any) -> Any:
        # An editor's screen saves by itself every second, as one act with one identifier.
        uuid, manager = given.get("uuid"), cast("BaseLogEntryManager", self)
        again = uuid and manager.for_instance(instance).filter(uuid=uuid, action=action).exists()
        entry = super().log_action(instance, action, **given)  # type: ignore[misc]  # of the manager it goes before
        if not again:
            keep(instance, action, given.get("user"), given.get("revision"))
        return entry


class PageActs(_Keeps, PageLogEntryManager):
    """Acts on pages."""


class ModelActs(_Keeps, ModelLogEntryManager):
    """Acts on anything else."""


# Wagtail only adds to its log: deleting a page, an account or a revision leaves the entries about it as they are.
protect(PageLogEntry._meta.db_table)
protect(ModelLogEntry._meta.db_table)

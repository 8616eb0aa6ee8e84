"""Who looks at a charity's pages before they are published: its own editors.

Wagtail's first workflow asks its group of moderators, who are one group for the whole installation: nobody stands in it
at first, and whoever does is told of every charity's drafts.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import QuerySet
from wagtail.models import GroupApprovalTask, Site, Task, Workflow, WorkflowPage, WorkflowTask

from almoner.charities.models import Charity


def ensure(charity: Charity, editors: Group, sites: Iterable[Site]) -> None:
    """What a superuser has chosen for a site stays."""
    roots = [site.root_page_id for site in sites]
    chosen = WorkflowPage.objects.filter(page__in=roots).values_list("page_id", flat=True)
    for root in set(roots) - set(chosen):
        WorkflowPage.objects.get_or_create(page_id=root, defaults={"workflow": _workflow(charity, editors)})


def _workflow(charity: Charity, editors: Group) -> Workflow:
    """Named as it is read after “Submit to” and “Awaiting”."""
    name = f"the editors of {charity.slug}"
    workflow, made = Workflow.objects.get_or_create(name=name)
    if made:
        task = GroupApprovalTask.objects.create(name=name)
        task.groups.add(editors)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    return workflow


def tasks_of(groups: QuerySet[Group]) -> QuerySet[Any]:
    """All steps of reviews but those of other people's groups alone."""
    others = GroupApprovalTask.objects.exclude(groups__in=groups.values("pk"))
    return Task.objects.exclude(pk__in=others.values("pk"))


def workflows_of(groups: QuerySet[Group]) -> QuerySet[Workflow]:
    return Workflow.objects.filter(workflow_tasks__task__in=tasks_of(groups).values("pk")).distinct()

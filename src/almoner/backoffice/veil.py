"""A form shows again what was typed. Of another charity's thing it shows the number, and nothing else."""

from typing import Any, Final

from wagtail import hooks
from wagtail.admin.forms.view_restrictions import BaseViewRestrictionForm
from wagtail.admin.rich_text.converters.html_to_contentstate import PageLinkElementHandler
from wagtail.admin.widgets import BaseChooser
from wagtail.documents import get_document_model
from wagtail.documents.rich_text.contentstate import DocumentLinkElementHandler
from wagtail.images import get_image_model
from wagtail.images.rich_text.contentstate import ImageElementHandler
from wagtail.models import Page
from wagtail.rich_text.feature_registry import FeatureRegistry

from almoner.backoffice import named, whose
from almoner.charities import reader

TITLE: Final = "Not your charity’s"


def hide_others() -> None:
    """Called once, by `wagtail_hooks`."""
    BaseChooser.get_value_data = _hiding(BaseChooser.get_value_data)
    _narrow_groups()


def _is_hidden(model: Any, key: object) -> bool:
    user = reader.bound()
    return user is not None and not named.is_own(user, named.reference(model, key))


def _hiding(shown: Any) -> Any:
    def value_data(chooser: Any, value: Any) -> dict[str, Any] | None:
        key = getattr(value, "pk", value)
        if key is None or not _is_hidden(chooser.model_class, key):
            found: dict[str, Any] | None = shown(chooser, value)
            return found
        return {
            "id": key, chooser.display_title_key: TITLE, "edit_url": None, "parent_id": None,
            "preview": {"url": "", "width": 0, "height": 0}, "default_alt_text": "", "url": "", "filename": "",
        }  # fmt: skip

    return value_data


class _PageLink(PageLinkElementHandler):
    def get_attribute_data(self, attrs: dict[str, str]) -> dict[str, Any]:
        if _is_hidden(Page, attrs["id"]):
            return {"id": attrs["id"], "url": None, "parentId": None}
        found: dict[str, Any] = super().get_attribute_data(attrs)
        return found


class _DocumentLink(DocumentLinkElementHandler):
    def get_attribute_data(self, attrs: dict[str, str]) -> dict[str, Any]:
        if "id" in attrs and _is_hidden(get_document_model(), attrs["id"]):
            return {"id": attrs["id"]}
        found: dict[str, Any] = super().get_attribute_data(attrs)
        return found


class _Image(ImageElementHandler):
    def create_entity(self, name: str, attrs: dict[str, str], state: Any, contentstate: Any) -> Any:
        if _is_hidden(get_image_model(), attrs["id"]):
            # As for a picture that is gone.
            attrs = attrs | {"id": "0"}
        return super().create_entity(name, attrs, state, contentstate)


# After Wagtail's own, whose handlers these take the place of.
@hooks.register("register_rich_text_features", order=100)
def handlers(features: FeatureRegistry) -> None:
    rules = features.converter_rules_by_converter["contentstate"]
    for feature, pattern, handler in (
        ("link", 'a[linktype="page"]', _PageLink("LINK")),
        ("document-link", 'a[linktype="document"]', _DocumentLink("DOCUMENT")),
        ("image", 'embed[embedtype="image"]', _Image()),
    ):
        rule = rules[feature]
        rules[feature] = rule | {"from_database_format": rule["from_database_format"] | {pattern: handler}}


def _narrow_groups() -> None:
    """A page may be private to groups of people: another charity's are no choice."""
    begin = BaseViewRestrictionForm.__init__

    def narrowed(form: Any, *args: Any, **kwargs: Any) -> None:
        begin(form, *args, **kwargs)
        if (user := reader.bound()) is not None:
            form.fields["groups"].queryset = whose.groups_of(user)

    BaseViewRestrictionForm.__init__ = narrowed

"""What staff's forms name by number: a thing of another charity's is no choice, however its number got there.

Wagtail's choosers show what is one's own, and its forms take whatever number comes back. So each of them looks here at
what it is about to save: choosers' fields, blocks of a body, links and pictures in rich text. What stood there already
may stay, for somebody who may know of both has put it there; its title is not shown (`veil`).
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, QuerySet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.blocks import Block, ListBlock, StreamBlock, StructBlock
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from almoner.backoffice import whose
from almoner.charities import reader

REFUSAL: Final = "This names something that is not your charity’s. Choose another, or take it out."

# A model and a key, as text: rich text may hold anything.
Reference = tuple[type[Model], str]


def refuse_others() -> None:
    """Every form of Wagtail's for a model looks at what it names. Called once, by `wagtail_hooks`."""
    read = WagtailAdminModelForm._post_clean

    def read_and_look(form: Any) -> None:
        user = reader.bound()
        if user is None:
            read(form)
            return
        # Reading writes into the instance, so what stood there is looked at before.
        standing = set(_in_instance(form))
        read(form)
        _look(form, user, standing)

    WagtailAdminModelForm._post_clean = read_and_look


def reference(model: type[Model], key: object) -> Reference:
    """A story is a page, and a proxy is what it stands for."""
    return (model._meta.get_parent_list() or [model._meta.concrete_model or model])[-1], str(key)


def is_own(user: Any, what: Reference) -> bool:
    """Whether it is the reader's to know of. A number that is nobody's isn't: the two must not be told apart."""
    model, key = what
    own = whose.things_of(user, model)
    if own is None:
        return True
    try:
        return own.filter(pk=key).exists()
    except (ValueError, ValidationError):
        return False


def _look(form: Any, user: Any, standing: set[Reference]) -> None:
    named = {name: set(_in_field(form, name)) - standing for name in form.fields if name in form.cleaned_data}
    others = {ref for refs in named.values() for ref in refs if not is_own(user, ref)}
    for name, references in named.items():
        if references & others:
            form.add_error(name, _problem(form, name, others))


def _in_instance(form: Any) -> Iterator[Reference]:
    """All that the thing names before it is changed, in the fields of this form."""
    for name in form.fields:
        field = _model_field(form, name)
        if field is None or (field.many_to_many and form.instance.pk is None):
            continue
        if field.many_to_one:
            key = getattr(form.instance, field.attname)
            yield from [reference(field.related_model, key)] if key is not None else []
        elif field.many_to_many:
            yield from _of_value(getattr(form.instance, name).all())
        else:
            yield from _extracted(field, field.value_from_object(form.instance))


def _in_field(form: Any, name: str) -> Iterator[Reference]:
    value, field = form.cleaned_data[name], _model_field(form, name)
    yield from _of_value(value)
    if field is not None:
        yield from _extracted(field, value)


def _of_value(value: Any) -> Iterator[Reference]:
    """A choice, or several of them."""
    for thing in value if isinstance(value, QuerySet) else [value]:
        if isinstance(thing, Model):
            yield reference(type(thing), thing.pk)


def _extracted(source: Any, value: Any) -> Iterator[Reference]:
    """What a field or a block finds in its value: (model, key), without where."""
    if value is not None and hasattr(source, "extract_references"):
        yield from (reference(model, key) for model, key, *_ in source.extract_references(value))


def _model_field(form: Any, name: str) -> Any:
    try:
        return form.instance._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _problem(form: Any, name: str, others: set[Reference]) -> ValidationError:
    """The refusal, beside the block that it is about."""
    block = getattr(_model_field(form, name), "stream_block", None)
    found = _in_block(block, form.cleaned_data[name], others) if block is not None else None
    return found or ValidationError(REFUSAL)


def _in_block(block: Block, value: Any, others: set[Reference]) -> ValidationError | None:
    if isinstance(block, StreamBlock):
        inside = _each(enumerate((child.block, child.value) for child in value), others)
        return StreamBlockValidationError(block_errors=inside) if inside else None
    if isinstance(block, ListBlock):
        inside = _each(enumerate((block.child_block, item) for item in value), others)
        return ListBlockValidationError(block_errors=inside) if inside else None
    if isinstance(block, StructBlock):
        parts = ((name, (child, value.get(name))) for name, child in block.child_blocks.items())
        inside = _each(parts, others)
        return StructBlockValidationError(block_errors=inside) if inside else None
    return ValidationError(REFUSAL) if others & set(_extracted(block, value)) else None


def _each(
    parts: Iterable[tuple[Any, tuple[Block, Any]]], others: set[Reference]
) -> dict[Any, ValidationError]:
    found = {key: _in_block(block, value, others) for key, (block, value) in parts}
    return {key: problem for key, problem in found.items() if problem is not None}

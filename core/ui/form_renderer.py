"""Forms in the look of the house: {{ form }} and {{ field.as_field_group }} use our templates; no form adds classes."""

from django.forms.renderers import TemplatesSetting

from core.ui.bound_field import HouseBoundField


class HouseRenderer(TemplatesSetting):
    """Django's renderer over the project's templates, with ours for a form and for one field, and the house's words."""

    form_template_name = "core/ui/form.html"
    field_template_name = "core/ui/field.html"
    bound_field_class = HouseBoundField

"""Forms in the look of the house: {{ form }} and {{ field.as_field_group }} use our templates; no form adds classes."""

from django.forms.renderers import TemplatesSetting


class HouseRenderer(TemplatesSetting):
    """Django's renderer over the project's templates, with ours for a form and for one field."""

    form_template_name = "core/ui/form.html"
    field_template_name = "core/ui/field.html"

"""What an element asks for: its configuration fields, and the checks of what a person enters."""

from cwkit.elements.checks import FieldCheck, Problem, Repair, ValuesCheck, check_field, check_values
from cwkit.elements.model import ConfigurationField, Element, FieldOption, configuration_text
from cwkit.elements.shipped import shipped, shipped_keys, template

__all__ = [
    "ConfigurationField",
    "Element",
    "FieldCheck",
    "FieldOption",
    "Problem",
    "Repair",
    "ValuesCheck",
    "check_field",
    "check_values",
    "configuration_text",
    "shipped",
    "shipped_keys",
    "template",
]

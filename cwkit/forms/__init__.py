"""The forms for notebooks: InstanceForm, InstanceCard and SecretField."""

from cwkit.forms.instance_card import InstanceCard
from cwkit.forms.instance_form import InstanceForm
from cwkit.forms.secret_field import SecretField

__all__ = ["InstanceCard", "InstanceForm", "SecretField"]

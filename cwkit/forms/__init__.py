"""The forms for notebooks: InstanceForm, InstanceCard, PollerEditor and SecretField."""

from cwkit.forms.instance_card import InstanceCard
from cwkit.forms.instance_form import InstanceForm
from cwkit.forms.poller_editor import PollerEditor
from cwkit.forms.secret_field import SecretField

__all__ = ["InstanceCard", "InstanceForm", "PollerEditor", "SecretField"]

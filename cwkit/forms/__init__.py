"""The forms for notebooks: InstanceForm, InstanceCard, PollerEditor, SecretField and TroubleshootForm."""

from cwkit.forms.instance_card import InstanceCard
from cwkit.forms.instance_form import InstanceForm
from cwkit.forms.message_widget import SecretField
from cwkit.forms.poller_editor import PollerEditor
from cwkit.forms.troubleshoot_form import TroubleshootForm

__all__ = ["InstanceCard", "InstanceForm", "PollerEditor", "SecretField", "TroubleshootForm"]

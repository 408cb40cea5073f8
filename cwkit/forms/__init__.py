"""The ipywidgets forms: InstanceForm, PollerEditor, InstanceCard, TroubleshootForm."""

"""Created exactly once: the ledger, settling, many at a time. It is handed functions and knows no HTTP."""

from cwkit.provisioning.ledger_file import Creation, Entry, Ledger, State, default_ledger, default_path
from cwkit.provisioning.once import WAITS, Waits, create_once, is_mark, new_mark
from cwkit.provisioning.outcomes import Answered, Look, Lost, NotSent, Refused, Send, SendOutcome
from cwkit.provisioning.settling import Settled, settle, settle_entry
from cwkit.provisioning.table import ledger, ledger_table

__all__ = [
    "WAITS",
    "Answered",
    "Creation",
    "Entry",
    "Ledger",
    "Look",
    "Lost",
    "NotSent",
    "Refused",
    "Send",
    "SendOutcome",
    "Settled",
    "State",
    "Waits",
    "create_once",
    "default_ledger",
    "default_path",
    "is_mark",
    "ledger",
    "ledger_table",
    "new_mark",
    "settle",
    "settle_entry",
]

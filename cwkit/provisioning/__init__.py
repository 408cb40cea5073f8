"""Create exactly once: when a request may be sent, and how a lost answer is settled. Knows no HTTP."""

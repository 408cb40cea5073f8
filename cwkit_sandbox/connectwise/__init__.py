"""The small ConnectWise behind the sandbox: its server side, and the platform's way of calling it."""

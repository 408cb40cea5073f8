"""``python -m cwkit``: the same as the command ``cwkit``."""

from cwkit.cli import main

if __name__ == "__main__":
    main()

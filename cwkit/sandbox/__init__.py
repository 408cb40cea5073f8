"""A local platform with a small ConnectWise behind it, to learn and to test on."""

"""Java date patterns, poller configuration, classification, notifications and signatures."""

"""Talking to the platform: profiles, the HTTP transport, elements, instances, hubs."""

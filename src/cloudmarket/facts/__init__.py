"""Curated facts: what they say, and how they compare with what others publish."""

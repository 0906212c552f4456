"""Measures: pure functions from tables to numbers with their uncertainty."""

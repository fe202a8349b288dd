"""Votes to and from other tools."""

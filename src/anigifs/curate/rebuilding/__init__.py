"""A release made whole again from its addresses, and how much of it could be today."""

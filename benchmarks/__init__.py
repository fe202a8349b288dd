"""Ratios against the naive version of the same work, measured in one run on one machine."""

"""A data set as it is given to others: what was accepted, where it is from, and how it was made."""

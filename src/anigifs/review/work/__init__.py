"""Who judges what next, what follows from votes, and how far the work has come."""

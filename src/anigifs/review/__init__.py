"""The application in which several people judge the items of a collection, and what they said."""

"""The data base: its tables, how it is written, and the log from which its state follows."""

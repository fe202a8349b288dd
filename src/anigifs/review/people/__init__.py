"""Who may do what: accounts, passwords, and patience with those who guess them."""

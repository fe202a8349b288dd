"""What is judged and in which order, what is decided by votes, and how far those who vote agree."""

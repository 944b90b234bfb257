"""The performance goals: both sides of each in one run, on a throw-away database."""

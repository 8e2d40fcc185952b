"""Checks and generators of the repository; each file is a command of its own."""

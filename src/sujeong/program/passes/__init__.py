"""Passes: a program into an equal one that costs less. One a file; `order` puts them together."""

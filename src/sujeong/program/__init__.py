"""Recorded functions: the program, its recorder, its replay."""

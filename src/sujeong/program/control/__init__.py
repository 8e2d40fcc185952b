"""Loops and branches: `scan`, `while_loop`, `cond`, and what else holds a program inside a program.

Eager, each is plain Python. While a function is recorded, each becomes one equation whose attributes
hold the recorded bodies, and its gradient is written with the same operations again.
"""

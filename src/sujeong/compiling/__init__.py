"""Compiled kernels: built by the machine's compiler, kept, loaded; and their mathematics."""

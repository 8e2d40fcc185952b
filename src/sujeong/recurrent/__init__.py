"""Recurrent operations: a sequence read step by step, with a state carried along.

They stand above programs, because their readable forms are written with `scan`; an engine may hold a fused
kernel for each.
"""

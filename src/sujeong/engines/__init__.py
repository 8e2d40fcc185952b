"""Engines: each folder here is one, and only it imports that engine's library."""

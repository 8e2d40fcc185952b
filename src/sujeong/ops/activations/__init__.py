"""Activations by shape: rectifiers of two pieces, exponential units, sigmoids, and the Gaussian one."""

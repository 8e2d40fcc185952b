"""Groups of operations as one compiled kernel: which ones, in what order, as what text."""

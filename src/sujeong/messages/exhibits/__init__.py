"""The texts of the exhibits: one file each, a key with its English and its Korean form."""

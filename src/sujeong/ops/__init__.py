"""Operations by family; each room holds formula, inference rule, public function and gradient."""

from . import operators  # noqa: F401  (attaches the operators)

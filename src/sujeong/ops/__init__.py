"""Operations by family; each room holds formula, inference rule, public function and gradient."""

from . import indexing, operators  # noqa: F401  (attach indexing and the operators)

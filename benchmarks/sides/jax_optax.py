"""JAX's side: the whole step in one `jit`, parameters and optimiser state donated, optax for the update."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from prepared import Prepared
from workloads import Workload


class Peer:
    """How JAX is used.

    Args:
        names: for each of our models, the paths of its weights.
        bf16: parameters and inputs cast to bfloat16 for the model; losses and updates in float32.
    """

    def __init__(self, names: list[list[str]], bf16: bool = False) -> None:
        self.names, self.bf16 = names, bf16

    def low(self, tree: Any) -> Any:
        """A tree of arrays as the model gets it."""
        import jax
        import jax.numpy as jnp

        if not self.bf16:
            return tree
        return jax.tree.map(lambda a: a.astype(jnp.bfloat16) if a.dtype == jnp.float32 else a, tree)

    def trained(self, loss: Callable[..., Any], weights: list[np.ndarray], optimizer: Any) -> Any:
        """A step that trains.

        Args:
            loss: (parameters, key, *batch) -> scalar.
            weights: first values of the parameters.
            optimizer: of optax.
        """
        import jax
        import jax.numpy as jnp
        import optax

        def lowered(p: Any, key: Any, *batch: Any) -> Any:
            return loss(self.low(p), key, *self.low(batch)).astype(jnp.float32)

        def update(p: Any, s: Any, key: Any, *batch: Any) -> Any:
            key, now = jax.random.split(key)
            value, gradients = jax.value_and_grad(lowered)(p, now, *batch)
            changes, s = optimizer.update(gradients, s)
            return optax.apply_updates(p, changes), s, key, value

        run = jax.jit(update, donate_argnums=(0, 1, 2))
        p = [jnp.array(w) for w in weights]
        state = [p, optimizer.init(p), jax.random.key(0)]

        def step(*batch: Any) -> Any:
            *state[:], value = run(*state, *batch)
            return value

        return step


def load(**_: Any) -> dict[str, str]:
    """Imports JAX and optax; gives the versions."""
    import jax
    import optax

    return {"jax": jax.__version__, "optax": optax.__version__}


def make(workload: Workload, prepared: Prepared, device: str, bf16: bool = False) -> Callable[[], Any] | None:
    """The step of a workload, ready to be called."""
    import jax.numpy as jnp

    run = workload.jax_step(prepared.weights, Peer(prepared.names, bf16))
    if run is None:
        return None
    batch = [jnp.asarray(a) for a in prepared.batch]
    return lambda: run(*batch)


def wait(value: Any) -> None:
    """Returns when the step is done."""
    value.block_until_ready()


def read(value: Any) -> np.ndarray:
    """A result on the host."""
    return np.array(value, dtype=np.float64)

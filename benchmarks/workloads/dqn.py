"""The update of deep Q-learning: a small network, a small batch, where calls cost more than arithmetic.

goal = r + gamma (1 - done) max_a Q'(s', a)          Q' the target network, which is not trained
loss = mean of huber(Q(s, a) - goal)

Mnih and others, Human-level control through deep reinforcement learning, 2015.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .base import Step, Weights, Workload

SIZE, STATE, HIDDEN, ACTIONS, GAMMA, RATE = 32, 8, 128, 4, 0.99, 5e-4


class DQN(Workload):
    """8-128-128-4, batch 32, Adam."""

    name = "dqn"
    title = "DQN update, 8-128-128-4, batch 32"

    def batch(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        state, after = (rng.standard_normal((SIZE, STATE), dtype=np.float32) for _ in range(2))
        action, reward = rng.integers(0, ACTIONS, SIZE), rng.standard_normal(SIZE, dtype=np.float32)
        done = (rng.random(SIZE) < 0.1).astype(np.float32)
        return state, action, reward, after, done

    def model_inputs(self, batch: tuple[np.ndarray, ...]) -> list[tuple[np.ndarray, ...]]:
        return [batch[:1], batch[:1]]

    def ours(self) -> list[Any]:
        from sujeong import nn

        def network() -> Any:
            return nn.Sequential([nn.Dense(HIDDEN, "relu"), nn.Dense(HIDDEN, "relu"), nn.Dense(ACTIONS)])

        return [network(), network()]

    def our_step(self, models: list[Any]) -> Step:
        import sujeong as sj

        network, target = models
        variables = network.trainable_variables
        optimizer = sj.optim.Adam(RATE, epsilon=1e-8)
        optimizer.build(variables)

        def step(state: Any, action: Any, reward: Any, after: Any, done: Any) -> Any:
            with sj.no_grad():
                goal = reward + GAMMA * (1 - done) * sj.max(target(after, training=False), axis=1)

            def loss() -> Any:
                values = sj.take_along_axis(network(state, training=True), action[:, None], axis=1)[:, 0]
                return sj.losses.huber(goal, values)

            value, gradients = sj.value_and_grad(loss, variables=variables)()
            optimizer.apply(gradients, variables)
            return value

        return step

    def torch(self) -> list[Any]:
        from torch import nn

        def network() -> Any:
            hidden = [nn.Linear(STATE, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU()]
            return nn.Sequential(*hidden, nn.Linear(HIDDEN, ACTIONS))

        return [network(), network()]

    def torch_step(self, models: list[Any], peer: Any) -> Step:
        import torch
        from torch.nn import functional as F

        network, target = models
        optimizer = peer.adam(network.parameters(), RATE)

        def step(state: Any, action: Any, reward: Any, after: Any, done: Any) -> Any:
            with torch.no_grad(), peer.autocast():
                goal = reward + GAMMA * (1 - done) * target(after).max(1).values
            with peer.autocast():
                values = network(state).gather(1, action[:, None])[:, 0]
            loss = F.smooth_l1_loss(values.float(), goal.float())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss.detach()

        return step

    def jax_step(self, weights: Weights, peer: Any) -> Step | None:
        import jax
        import jax.numpy as jnp
        import optax

        def q(p: Any, x: Any) -> Any:
            x = jax.nn.relu(jax.nn.relu(x @ p[0] + p[1]) @ p[2] + p[3])
            return x @ p[4] + p[5]

        fixed = [jnp.asarray(w) for w in weights[1]]

        def loss(p: Any, key: Any, state: Any, action: Any, reward: Any, after: Any, done: Any) -> Any:
            goal = reward + GAMMA * (1 - done) * q(fixed, after).max(1)
            values = jnp.take_along_axis(q(p, state), action[:, None], axis=1)[:, 0]
            return optax.huber_loss(values, goal).mean()

        step: Step = peer.trained(loss, weights[0], optax.adam(RATE))
        return step


WORKLOAD = DQN

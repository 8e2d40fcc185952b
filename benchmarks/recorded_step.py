"""One step of an MLP 784-512-512-10 with Adam: ours recorded and eager, PyTorch eager as tutorials write it.

    python benchmarks/recorded_step.py [--batch 4] [--rounds 15] [--out benchmarks/results/recorded_step.json]

All sides start from the same weights and see the same data; the losses of the first ten steps must agree,
or nothing is measured. float32, one process, sides in turn.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from machine import facts
from timing import interleaved, medians

import sujeong as sj
from sujeong import nn

SIZES = (784, 512, 512, 10)


def ours(
    x: np.ndarray, y: np.ndarray, engine: str, recorded: bool
) -> tuple[Callable[[], object], nn.Sequential]:
    """Our step on an engine, and the model."""
    with sj.using(engine=engine):
        model = nn.Sequential([nn.Dense(512, "relu"), nn.Dense(512, "relu"), nn.Dense(10)])
        inputs, labels = sj.asarray(x), sj.asarray(y)
        model(inputs)
        variables = model.trainable_variables
        optimizer = sj.optim.Adam(1e-3, epsilon=1e-8)
        optimizer.build(variables)

    def step(inputs: sj.Tensor, labels: sj.Tensor) -> sj.Tensor:
        def loss() -> sj.Tensor:
            return sj.mean(sj.softmax_cross_entropy(model(inputs, training=True), labels))

        value, gradients = sj.value_and_grad(loss, variables=variables)()
        optimizer.apply(gradients, variables)
        return value

    run = sj.jit(step) if recorded else step

    def call() -> object:
        with sj.using(engine=engine):
            return run(inputs, labels)

    return call, model


def peer(x: np.ndarray, y: np.ndarray, weights: list[np.ndarray]) -> Callable[[], object]:
    """PyTorch's step, eager, as tutorials write it."""
    layers: list[torch.nn.Module] = []
    for i, (n, m) in enumerate(itertools.pairwise(SIZES)):
        linear = torch.nn.Linear(n, m)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weights[2 * i].T.copy()))
            linear.bias.copy_(torch.from_numpy(weights[2 * i + 1].copy()))
        layers += [linear, torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    inputs, labels = torch.from_numpy(x), torch.from_numpy(y)

    def step() -> object:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(inputs), labels)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def main() -> None:
    """Checks that the sides agree, measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--calls", type=int, default=60)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    rng = np.random.default_rng(0)
    x = rng.standard_normal((args.batch, 784)).astype(np.float32)
    y = rng.integers(0, 10, args.batch)
    recorded, model = ours(x, y, "torch", True)
    weights = [v.numpy().copy() for v in model.trainable_variables]
    sides = {
        "ours, recorded": recorded,
        "ours, eager": ours(x, y, "torch", False)[0],
        "PyTorch, eager": peer(x, y, weights),
    }
    losses = {name: [float(side()) for _ in range(10)] for name, side in sides.items()}
    for name, values in losses.items():
        np.testing.assert_allclose(values, losses["PyTorch, eager"], rtol=2e-3, atol=1e-5, err_msg=name)
    found = interleaved(sides, args.rounds, args.calls)
    middle = medians(found)
    base = middle["PyTorch, eager"]
    print(f"MLP {'-'.join(map(str, SIZES))}, batch {args.batch}, Adam, float32: milliseconds a step, median")
    for name, seconds in middle.items():
        print(f"  {name:16s} {seconds * 1e3:8.3f}   PyTorch eager / this: {base / seconds:.2f}")
    result = {
        "batch": args.batch,
        "milliseconds": {n: round(s * 1e3, 4) for n, s in middle.items()},
        "ratio to PyTorch eager": {n: round(base / s, 3) for n, s in middle.items()},
        "machine": facts(),
    }
    print(json.dumps(result["machine"]))
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()

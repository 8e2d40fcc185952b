"""What all sides of a workload share: its batch, the weights made by us, and what a step costs.

    python benchmarks/prepared.py WORKLOAD FOLDER

The peers read the files with NumPy alone, so that none of them loads our package.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import workloads
from limits import matrix_traffic


@dataclass
class Prepared:
    """The shared part of a workload.

    Attributes:
        batch: the arrays of a step.
        names: for each of our models, the paths of its trainable variables.
        weights: their values.
        facts: parameters, operations and bytes of our recorded step.
    """

    batch: tuple[np.ndarray, ...]
    names: list[list[str]]
    weights: list[list[np.ndarray]]
    facts: dict[str, Any] = field(default_factory=dict)

    def save(self, folder: Path, name: str) -> None:
        """Writes `NAME.npz` and `NAME.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {f"batch_{i}": a for i, a in enumerate(self.batch)}
        for m, values in enumerate(self.weights):
            arrays |= {f"weights_{m}_{i:04}": a for i, a in enumerate(values)}
        np.savez(folder / f"{name}.npz", **arrays)  # type: ignore[arg-type]
        (folder / f"{name}.json").write_text(json.dumps({"names": self.names, "facts": self.facts}, indent=2))

    @classmethod
    def read(cls, folder: Path, name: str) -> Prepared:
        """Reads what `save` wrote."""
        found = json.loads((folder / f"{name}.json").read_text())
        with np.load(folder / f"{name}.npz") as arrays:
            batch = tuple(arrays[key] for key in sorted(arrays.files) if key.startswith("batch"))
            weights = [
                [arrays[f"weights_{m}_{i:04}"] for i in range(len(names))]
                for m, names in enumerate(found["names"])
            ]
        return cls(batch, found["names"], weights, found["facts"])


def prepare(workload: workloads.Workload, seed: int = 0) -> Prepared:
    """Makes batch and weights from a seed, and counts what our step costs, without running it."""
    import sujeong as sj

    batch = workload.batch(np.random.default_rng(seed))
    with sj.using(engine="numpy"):
        sj.set_seed(seed)
        models = workload.ours()
        for model, inputs in zip(models, workload.model_inputs(batch), strict=True):
            model.build_for(*(sj.Spec(a.shape, _dtype(a)) for a in inputs))
        facts: dict[str, Any] = {"parameters": sum(model.count_parameters() for model in models)}
        if workload.kind != "epochs":
            for times, program in workload.our_programs(
                models, *(sj.Spec(a.shape, _dtype(a)) for a in batch)
            ):
                counted = {"flops": program.cost().flops, **asdict(matrix_traffic(program))}
                for key, value in counted.items():
                    facts[key] = facts.get(key, 0) + times * value
        names = [[v.name for v in model.trainable_variables] for model in models]
        weights = [[np.array(v.numpy()) for v in model.trainable_variables] for model in models]
    return Prepared(batch, names, weights, facts)


def _dtype(array: np.ndarray) -> Any:
    import sujeong as sj

    return getattr(sj, str(array.dtype))


def main() -> None:
    """Prepares one workload."""
    parser = argparse.ArgumentParser(description="prepares the shared part of a workload")
    parser.add_argument("workload")
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    prepared = prepare(workloads.load(args.workload))
    prepared.save(args.folder, args.workload)
    print(json.dumps(prepared.facts))


if __name__ == "__main__":
    main()

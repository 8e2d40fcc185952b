"""PyTorch's training loop as tutorials write it: DataLoader, eager steps, a running accuracy."""

from __future__ import annotations

import time
from typing import Any

from prepared import Prepared
from workloads import Workload

from .pytorch import Peer, load

__all__ = ["Loop", "load", "make"]


class Loop:
    """Model, optimiser, loader."""

    def __init__(self, workload: Any, prepared: Prepared, device: str) -> None:
        import torch
        from torch.utils.data import DataLoader, TensorDataset

        peer = Peer(device)
        (weights,) = workload.torch_weights(prepared.names, prepared.weights)
        self.model = peer.model(workload.torch_model(), weights)
        self.optimizer = torch.optim.Adam(self.model.parameters(), 1e-3)
        x, y, x_test, y_test = prepared.batch
        data = TensorDataset(torch.from_numpy(x).permute(0, 3, 1, 2), torch.from_numpy(y))
        self.loader = DataLoader(data, workload.batch_size, shuffle=True)
        self.test = torch.from_numpy(x_test).permute(0, 3, 1, 2).to(device), torch.from_numpy(y_test)
        self.device = device

    def train(self, epochs: int) -> list[float]:
        """Seconds of each epoch."""
        seconds = []
        for _ in range(epochs):
            start = time.perf_counter()
            self._epoch()
            seconds.append(time.perf_counter() - start)
        return seconds

    def _epoch(self) -> None:
        from torch.nn import functional as F

        self.model.train()
        right = 0
        for x, y in self.loader:
            x, y = x.to(self.device), y.to(self.device)
            self.optimizer.zero_grad()
            logits = self.model(x)
            F.cross_entropy(logits, y).backward()
            self.optimizer.step()
            right += int((logits.argmax(1) == y).sum())

    def accuracy(self) -> float:
        """On the test images."""
        import torch

        self.model.eval()
        with torch.inference_mode():
            x, y = self.test
            return float((self.model(x).argmax(1).cpu() == y).float().mean())


def make(workload: Workload, prepared: Prepared, device: str) -> Loop:
    """The training of a workload, ready to begin."""
    return Loop(workload, prepared, device)

"""The calls of `torch.cuda` that graphs need, in one place; all else can be tested without a device."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch


class CudaDevice:
    """One CUDA device, with a stream of its own for what must not run beside the steps.

    Args:
        device: its name, such as `"cuda:0"`.
    """

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)
        self._stream = torch.cuda.Stream(self.device)

    def pool(self) -> Any:
        """A new memory pool that graphs can share."""
        return torch.cuda.graph_pool_handle()

    def warm_up(self, function: Callable[[], Any]) -> None:
        """Runs a function on the side stream, after what was launched before and before what comes later."""
        with torch.cuda.device(self.device):
            here = torch.cuda.current_stream()
            self._stream.wait_stream(here)
            with torch.cuda.stream(self._stream):
                function()
            here.wait_stream(self._stream)
            torch.cuda.synchronize()

    def capture(self, function: Callable[[], list[Any]], pool: Any) -> tuple[Any, list[Any]]:
        """Captures what a function launches; nothing is computed.

        Args:
            function: launches kernels on static memory and gives static results.
            pool: where the memory of its values comes from.

        Returns:
            The graph, and the results, whose values each replay writes.
        """
        graph = torch.cuda.CUDAGraph()
        # other threads, such as one that reads data, may go on allocating: hence thread_local
        with (
            torch.cuda.device(self.device),
            torch.cuda.graph(graph, pool=pool, stream=self._stream, capture_error_mode="thread_local"),
        ):
            results = function()
        return graph, results

    def replay(self, graph: Any) -> None:
        """Launches a graph on the current stream of the device."""
        with torch.cuda.device(self.device):
            graph.replay()


@functools.cache
def cuda_device(device: str) -> CudaDevice:
    """The device of a name, made once."""
    return CudaDevice(device)

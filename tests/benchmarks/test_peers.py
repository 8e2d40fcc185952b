"""How PyTorch's side prepares itself."""

from __future__ import annotations

import weakref

import torch


def test_gradients_are_dropped_among_objects_that_are_gone() -> None:
    """torch.compile leaves proxies of what is no more; looking at one raises."""
    from sides.pytorch import forget

    class Gone:
        pass

    gone = Gone()
    proxies = [weakref.proxy(gone)]
    del gone
    weight = torch.nn.Parameter(torch.ones(2))
    weight.sum().backward()
    forget()
    assert weight.grad is None
    assert len(proxies) == 1

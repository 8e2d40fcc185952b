"""Recurrent layers against PyTorch's, with the same weights; masks, states, dropout, both directions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong import nn

N, T, F, U = 4, 6, 3, 5
KINDS: dict[str, tuple[Any, Any, list[int]]] = {  # ours, PyTorch's, its blocks in the order of ours
    "SimpleRNN": (nn.SimpleRNN, torch.nn.RNN, [0]),
    "LSTM": (nn.LSTM, torch.nn.LSTM, [0, 1, 2, 3]),
    "GRU": (nn.GRU, torch.nn.GRU, [1, 0, 2]),
}
kind = pytest.mark.parametrize("name", KINDS)


def reordered(weight: torch.Tensor, blocks: list[int]) -> np.ndarray:
    """PyTorch's (blocks units, ...) as ours (..., blocks units)."""
    parts = weight.detach().numpy().reshape(len(blocks), -1, *weight.shape[1:])[blocks]
    return np.ascontiguousarray(parts.reshape(weight.shape).T)


def carry_over(layer: nn.Module, peer: torch.nn.Module, suffix: str = "") -> None:
    """PyTorch's weights in our layer, which has been used once."""
    blocks = KINDS[type(layer).__name__][2]
    weights = dict(peer.named_parameters())
    layer.kernel.assign(reordered(weights[f"weight_ih_l0{suffix}"], blocks))
    layer.recurrent_kernel.assign(reordered(weights[f"weight_hh_l0{suffix}"], blocks))
    one, two = (reordered(weights[f"bias_{b}_l0{suffix}"], blocks) for b in ("ih", "hh"))
    layer.bias.assign(np.stack([one, two]) if type(layer) is nn.GRU else one + two)


def data(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def pair(name: str, **options: Any) -> tuple[Any, torch.nn.Module]:
    """Our layer, giving all outputs and states, and PyTorch's, with one set of weights."""
    torch.manual_seed(3)
    ours, theirs, _ = KINDS[name]
    layer = ours(U, return_sequences=True, return_state=True, **options)
    peer = theirs(F, U, batch_first=True)
    layer(sj.asarray(data(N, T, F)))
    carry_over(layer, peer)
    return layer, peer


def listed(states: Any) -> list[torch.Tensor]:
    return list(states) if isinstance(states, tuple) else [states]


@kind
def test_outputs_and_gradients_are_pytorchs(name: str, engine: str) -> None:
    layer, peer = pair(name)
    host, starts = data(N, T, F, seed=1), [data(N, U, seed=7 + i) for i in range(layer.states)]
    x = torch.tensor(host, requires_grad=True)
    given = [torch.tensor(s[None]) for s in starts]
    y, ends = peer(x, tuple(given) if len(given) > 1 else given[0])
    expected = [y, *(e[0] for e in listed(ends))]
    directions = [data(*e.shape, seed=20 + i) for i, e in enumerate(expected)]
    sum((e * torch.tensor(d)).sum() for e, d in zip(expected, directions, strict=True)).backward()

    leaf = sj.asarray(host, requires_grad=True)
    found = layer(leaf, [sj.asarray(s) for s in starts])
    for f, e in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.asarray(f), e.detach().numpy(), atol=2e-6)
    total = sum(sj.sum(f * sj.asarray(d)) for f, d in zip(found, directions, strict=True))
    gradients = sj.gradients(total, [leaf, layer.kernel, layer.recurrent_kernel])
    blocks = KINDS[name][2]
    wanted = [
        x.grad.numpy(),
        reordered(peer.weight_ih_l0.grad, blocks),
        reordered(peer.weight_hh_l0.grad, blocks),
    ]
    for g, w in zip(gradients, wanted, strict=True):
        np.testing.assert_allclose(np.asarray(g), w, atol=1e-5)


@kind
def test_a_mask_is_pytorchs_packed_sequence(name: str, engine: str) -> None:
    layer, peer = pair(name)
    x, lengths = data(N, T, F, seed=1), np.array([6, 1, 4, 2])
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.tensor(x), torch.tensor(lengths), batch_first=True, enforce_sorted=False
    )
    y, ends = peer(packed)
    y, _ = torch.nn.utils.rnn.pad_packed_sequence(y, batch_first=True)
    mask = np.arange(T) < lengths[:, None]
    found, *states = layer(sj.asarray(x), mask=mask)
    np.testing.assert_allclose(np.asarray(found)[mask], y.detach().numpy()[mask], atol=2e-6)
    for s, e in zip(states, listed(ends), strict=True):
        np.testing.assert_allclose(np.asarray(s), e[0].detach().numpy(), atol=2e-6)
    blank = type(layer)(U, return_sequences=True, zero_output_for_mask=True, name="blank")
    blank(sj.asarray(x))
    blank.load_state({p: v.numpy() for p, v in layer.state().items()})
    zeros = np.asarray(blank(sj.asarray(x), mask=sj.asarray(mask)))
    assert (zeros[~mask] == 0).all()
    np.testing.assert_array_equal(zeros[mask], np.asarray(found)[mask])


@kind
def test_both_directions_are_pytorchs(name: str, engine: str) -> None:
    torch.manual_seed(4)
    ours, theirs, _ = KINDS[name]
    peer = theirs(F, U, batch_first=True, bidirectional=True)
    x = data(N, T, F, seed=1)
    y, ends = peer(torch.tensor(x))
    layer = nn.Bidirectional(ours(U, return_sequences=True, return_state=True))
    layer(sj.asarray(x))
    carry_over(layer.forward_layer, peer)
    carry_over(layer.backward_layer, peer, "_reverse")
    found, *states = layer(sj.asarray(x))
    np.testing.assert_allclose(np.asarray(found), y.detach().numpy(), atol=2e-6)
    expected = [e[way].detach().numpy() for way in (0, 1) for e in listed(ends)]
    for s, e in zip(states, expected, strict=True):
        np.testing.assert_allclose(np.asarray(s), e, atol=2e-6)
    again = layer(sj.asarray(x), states)
    count = layer.forward_layer.states
    alone = layer.backward_layer(sj.asarray(x), states[count:])
    np.testing.assert_array_equal(np.asarray(again[-1]), np.asarray(alone[-1]))


@pytest.mark.parametrize("mode", ["concat", "sum", "mul", "ave", None])
def test_ways_to_merge(mode: Any, engine: str) -> None:
    x = sj.asarray(data(N, T, F))
    layer = nn.Bidirectional(nn.GRU(U), mode)
    out = layer(x)
    a, b = (np.asarray(part(x)) for part in (layer.forward_layer, layer.backward_layer))
    assert layer.backward_layer.go_backwards
    expected: dict[Any, Any] = {
        "concat": np.concatenate([a, b], -1),
        "sum": a + b,
        "mul": a * b,
        "ave": (a + b) / 2,
    }
    if mode is None:
        np.testing.assert_array_equal(np.asarray(out), np.stack([a, b]))
    else:
        np.testing.assert_array_equal(np.asarray(out), expected[mode])


@kind
def test_going_backwards_is_reading_what_is_turned_round(name: str, engine: str) -> None:
    x = data(N, T, F, seed=1)
    there, peer = pair(name)
    back, _ = pair(name, go_backwards=True)
    carry_over(back, peer)
    for f, e in zip(back(sj.asarray(x)), there(sj.asarray(x[:, ::-1].copy())), strict=True):
        np.testing.assert_allclose(np.asarray(f), np.asarray(e), atol=1e-6)


@kind
def test_the_last_output_is_the_state(name: str, engine: str) -> None:
    layer, _ = pair(name)
    last = KINDS[name][0](U, name="last")
    x = sj.asarray(data(N, T, F, seed=1))
    last(x)
    last.load_state({p: v.numpy() for p, v in layer.state().items()})
    y, h = layer(x)[:2]
    np.testing.assert_array_equal(np.asarray(last(x)), np.asarray(h))
    np.testing.assert_array_equal(np.asarray(y)[:, -1], np.asarray(h))


def test_first_weights() -> None:
    layer = nn.LSTM(U)
    layer.build_for((1, T, F))
    np.testing.assert_array_equal(layer.bias.numpy(), np.repeat([0.0, 1.0, 0.0, 0.0], U).astype("float32"))
    r = layer.recurrent_kernel.numpy()
    np.testing.assert_allclose(r @ r.T, np.eye(U), atol=1e-6)
    assert layer.kernel.shape == (F, 4 * U)
    assert layer.count_parameters() == 4 * U * (F + U + 1)
    plain = nn.LSTM(U, unit_forget_bias=False, bias_initializer="ones")
    plain.build_for((1, T, F))
    assert (plain.bias.numpy() == 1).all()
    gru = nn.GRU(U)
    assert gru.count_parameters((1, T, F)) == 3 * U * (F + U + 2)
    assert nn.GRU(U, reset_after=False).count_parameters((1, T, F)) == 3 * U * (F + U + 1)
    assert nn.SimpleRNN(U).count_parameters((1, T, F)) == U * (F + U + 1)


def test_dropout_leaves_features_out_in_all_steps(engine: str) -> None:
    sj.set_seed(1)
    x = np.ones((50, T, 8), "float32")
    layer = nn.SimpleRNN(
        8, "linear", dropout=0.25, recurrent_initializer="zeros", use_bias=False, return_sequences=True
    )
    layer(sj.asarray(x))
    layer.kernel.assign(np.eye(8, dtype="float32"))
    y = np.asarray(layer(sj.asarray(x), training=True))
    assert (y == y[:, :1]).all()
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.75)}
    assert 0.6 < (y[:, 0] > 0).mean() < 0.9
    other = np.asarray(layer(sj.asarray(x), training=True))
    assert (other != y).any()
    np.testing.assert_array_equal(np.asarray(layer(sj.asarray(x))), x)


def test_dropout_in_the_recurrence(engine: str) -> None:
    """The state itself stays; on its way through R the same numbers are left out in each step."""
    x = np.zeros((40, 5, 1), "float32")
    layer = nn.SimpleRNN(6, None, recurrent_dropout=0.5, use_bias=False, return_sequences=True)
    layer(sj.asarray(x))
    layer.recurrent_kernel.assign(np.eye(6, dtype="float32"))
    y = np.asarray(layer(sj.asarray(x), sj.ones((40, 6)), training=True))
    np.testing.assert_allclose(y, np.where(y[:, :1] > 0, 2.0 ** np.arange(1, 6)[:, None], 0.0))
    assert 0.3 < (y > 0).mean() < 0.7


def test_drawn_with_a_mask(engine: str, tmp_path: Path) -> None:
    words = nn.Input((T,), dtype=sj.int64)
    h = nn.Embedding(9, F)(words)
    h, state, _ = nn.LSTM(U, return_sequences=True, return_state=True)(h, mask=words != 0)
    y = nn.GRU(2)(h, initial_state=nn.Dense(2)(state), mask=words != 0)
    model = nn.Model(words, y)
    short = np.array([[3, 4, 0, 0, 0, 0], [5, 6, 7, 8, 1, 2]])
    out = np.asarray(model(sj.asarray(short)))
    model.save(tmp_path / "drawn")
    np.testing.assert_array_equal(np.asarray(sj.load(tmp_path / "drawn")(sj.asarray(short))), out)
    layers = {type(layer).__name__: layer for layer in model.layers}
    e = layers["Embedding"](sj.asarray(short[:1, :2]))
    seen, h, _ = layers["LSTM"](e)
    by_hand = layers["GRU"](seen, layers["Dense"](h))
    np.testing.assert_allclose(np.asarray(by_hand)[0], out[0], atol=1e-6)


def test_recurrent_penalty_counts(engine: str) -> None:
    from sujeong.training.steps import penalties

    layer = nn.GRU(U, kernel_regularizer=sj.losses.l2(0.5), recurrent_regularizer=sj.losses.l2(2.0))
    layer(sj.asarray(data(N, T, F)))
    w, r = layer.kernel.numpy(), layer.recurrent_kernel.numpy()
    np.testing.assert_allclose(float(penalties(layer)), 0.5 * (w**2).sum() + 2 * (r**2).sum(), rtol=1e-5)


def test_time_distributed_is_the_layer_on_each_step(engine: str) -> None:
    x = data(2, 3, 5, 5, 2)
    layer = nn.TimeDistributed(nn.Conv2D(4, 3))
    y = np.asarray(layer(sj.asarray(x)))
    for t in range(3):
        np.testing.assert_allclose(y[:, t], np.asarray(layer.layer(sj.asarray(x[:, t]))), atol=1e-6)


REFUSALS = [
    (lambda: nn.LSTM(0), "units must be a positive whole number"),
    (lambda: nn.LSTM(3, dropout=1.5), r"\[LSTM\] dropout is a chance"),
    (lambda: nn.GRU(3, recurrent_dropout="0.1"), "recurrent_dropout is a chance"),
    (
        lambda: nn.GRU(3)(sj.ones((2, 3))),
        r"\[GRU\] takes sequences[\s\S]*\(batch, steps, features\)[\s\S]*x\[..., None\]",
    ),
    (
        lambda: used(nn.SimpleRNN(3))(sj.ones((2, 3, 4))),
        r"differs from that of the first use[\s\S]*\(batch, steps, 2\)",
    ),
    (lambda: nn.LSTM(3)(sj.ones((2, 3, 4)), sj.ones((2, 3))), r"1 initial states came[\s\S]*\[h, c\]"),
    (
        lambda: nn.LSTM(3)(sj.ones((2, 3, 4)), [sj.ones((3, 3))] * 2),
        r"initial_state does not fit[\s\S]*\(2, 3\)",
    ),
    (lambda: nn.GRU(3)(sj.ones((2, 3, 4)), mask=sj.ones((2, 3))), "mask holds truth values"),
    (lambda: nn.GRU(3)(sj.ones((2, 3, 4)), mask=sj.ones((2, 4)) > 0), "mask does not fit"),
    (lambda: nn.Bidirectional(nn.Dense(3)), "layer is not a recurrent layer"),
    (lambda: nn.Bidirectional(nn.GRU(3), "add"), "merge mode"),
    (lambda: nn.Bidirectional(nn.GRU(3), backward_layer=nn.GRU(3)), "read the same way"),
    (
        lambda: nn.Bidirectional(nn.GRU(3), backward_layer=nn.GRU(3, go_backwards=True, return_state=True)),
        "differ in return_state",
    ),
    (lambda: nn.Bidirectional(nn.GRU(3))(sj.ones((1, 2, 3)), [sj.ones((1, 3))]), "states of both layers"),
    (lambda: nn.TimeDistributed(3), "takes a layer"),
    (lambda: nn.TimeDistributed(nn.Dense(3))(sj.ones((4,))), "no axis of steps"),
    (
        lambda: nn.TimeDistributed(nn.LSTM(3, return_state=True))(sj.ones((1, 2, 3, 4))),
        "must give one tensor",
    ),
]


def used(layer: nn.Module) -> nn.Module:
    layer(sj.ones((1, 2, 2)))
    return layer


@pytest.mark.parametrize(("act", "match"), REFUSALS, ids=[m[:30] for _, m in REFUSALS])
def test_refusals(act: Any, match: str) -> None:
    with pytest.raises(sj.errors.SujeongError, match=match):
        act()


@pytest.mark.parametrize("layer", ["LSTM", "GRU"])
def test_the_first_of_twenty_tokens_is_remembered(layer: str) -> None:
    """Nineteen words of noise stand between the answer and the question; by chance one in four is right."""
    sj.set_engine("numpy")
    sj.set_seed(0)
    rng = np.random.default_rng(0)

    def sentences(count: int) -> np.ndarray:
        words = rng.integers(4, 6, (count, 20))
        words[:, 0] = rng.integers(0, 4, count)
        return words

    cell = nn.LSTM(16) if layer == "LSTM" else nn.GRU(16)
    model = nn.Sequential(
        [nn.Input((20,), dtype=sj.int64), nn.Embedding(6, 8, sj.initializers.Normal(1.0)), cell, nn.Dense(4)]
    )
    if layer == "LSTM":  # the gate f starts near 1, or 0.73 to the 19th power of the memory would be left
        cell.bias.assign(np.repeat([0.0, 4.0, 0.0, 0.0], 16).astype("float32"))
    model.compile(optimizer=sj.optim.Adam(0.02), loss="softmax_cross_entropy")
    words = sentences(512)
    model.fit(words, words[:, 0], epochs=12, batch_size=16, verbose=0)
    fresh = sentences(256)
    answers = np.asarray(model(sj.asarray(fresh))).argmax(-1)
    assert (answers == fresh[:, 0]).mean() > 0.95

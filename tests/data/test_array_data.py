"""Arrays in batches: every example once an epoch, an order that (seed, epoch) fixes, bad data refused."""

import json

import numpy as np
import pytest

from sujeong.data import ArrayData
from sujeong.errors import ArgumentError, DataError


def seen(batches) -> list[int]:
    return [int(value) for batch in batches for value in batch.x]


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("count, batch_size", [(10, 3), (10, 5), (10, 10), (10, 64), (1, 1), (7, 1)])
def test_every_example_once(count, batch_size, shuffle):
    data = ArrayData(np.arange(count))
    batches = data.batches(batch_size, shuffle=shuffle)
    assert len(batches) == -(-count // batch_size)
    sizes = [len(batch.x) for batch in batches]
    assert len(sizes) == len(batches)
    assert set(sizes[:-1]) <= {batch_size}
    assert sorted(seen(data.batches(batch_size, shuffle=shuffle))) == list(range(count))


def test_without_shuffle_the_order_is_kept_and_batches_are_views():
    x = np.arange(10)
    data = ArrayData(x)
    assert seen(data.batches(4)) == list(range(10))
    assert all(np.shares_memory(batch.x, x) for batch in data.batches(4))


def test_shuffled_batches_do_not_share_memory():
    x = np.arange(10)
    assert not any(np.shares_memory(batch.x, x) for batch in ArrayData(x).batches(4, shuffle=True))


def test_drop_last():
    data = ArrayData(np.arange(10))
    batches = data.batches(4, shuffle=True, drop_last=True)
    assert len(batches) == 2
    assert [len(batch.x) for batch in batches] == [4, 4]
    assert len(data.batches(5, drop_last=True)) == 2
    with pytest.raises(
        DataError, match=r"no batch remains(?s:.*)10 examples, batch_size 11(?s:.*)drop_last=False"
    ):
        data.batches(11, drop_last=True)


def test_inputs_targets_and_weights_stay_together():
    x = np.arange(20.0).reshape(10, 2)
    data = ArrayData(x, x[:, :1] * 3, np.arange(10) + 1.0)
    for batch in data.batches(3, shuffle=True, seed=5):
        np.testing.assert_array_equal(batch.y, batch.x[:, :1] * 3)
        np.testing.assert_array_equal(batch.sample_weight, batch.x[:, 0] / 2 + 1)


def test_what_is_not_given_is_none():
    x, y, weight = next(ArrayData([1, 2]).batches(2))
    assert x.tolist() == [1, 2]
    assert y is None
    assert weight is None


def test_order_is_a_function_of_seed_and_epoch():
    data = ArrayData(np.arange(50))

    def order(seed: int, epoch: int) -> tuple[int, ...]:
        return tuple(seen(data.batches(8, shuffle=True, seed=seed, epoch=epoch)))

    first = order(0, 0)
    np.random.seed(3)  # noqa: NPY002  the global state must not matter
    assert order(0, 0) == first
    assert len({order(seed, epoch) for seed in range(3) for epoch in range(3)}) == 9


def test_order_does_not_depend_on_batch_size():
    data = ArrayData(np.arange(50))
    assert seen(data.batches(8, shuffle=True, seed=2)) == seen(data.batches(50, shuffle=True, seed=2))


def test_epochs_look_unrelated():
    data = ArrayData(np.arange(1000))
    orders = np.array([seen(data.batches(1000, shuffle=True, epoch=epoch)) for epoch in range(6)])
    correlations = np.corrcoef(orders)[np.triu_indices(6, 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(1000)


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("stop", range(5))
def test_position_survives_json(stop, shuffle):
    data = ArrayData(np.arange(10))
    batches = data.batches(3, shuffle=shuffle, seed=7, epoch=2)
    for _ in range(stop):
        next(batches)
    state = json.loads(json.dumps(batches.state()))
    assert (state["epoch"], state["batch"]) == (2, stop)
    resumed = ArrayData(np.arange(10)).batches(3, shuffle=shuffle, seed=7)
    resumed.restore(state)
    assert (resumed.epoch, resumed.batch) == (2, stop)
    rest = seen(batches)
    assert len(rest) == max(0, 10 - 3 * stop)
    assert seen(resumed) == rest


def test_position_goes_back_and_to_another_epoch_after_the_order_was_drawn():
    data = ArrayData(np.arange(10))
    batches = data.batches(3, shuffle=True, epoch=0)
    start = batches.state()
    whole = seen(batches)
    batches.restore(start)
    assert seen(batches) == whole
    batches.restore({**start, "epoch": 1})
    assert seen(batches) == seen(data.batches(3, shuffle=True, epoch=1))


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"batch_size": 4}, {"shuffle": False}, {"examples": 11}, {"drop_last": True}]
)
def test_a_position_in_another_order_is_refused(change):
    batches = ArrayData(np.arange(10)).batches(3, shuffle=True)
    ((name, value),) = change.items()
    with pytest.raises(DataError, match=rf"of batches in another order(?s:.*)received: {name}={value}\n"):
        batches.restore({**batches.state(), **change})


def test_what_is_no_position_is_refused():
    batches = ArrayData(np.arange(10)).batches(3)
    with pytest.raises(DataError, match=r"this is no saved position(?s:.*)received: \['batch'\]"):
        batches.restore({"batch": 1})
    with pytest.raises(DataError, match=r"past the end(?s:.*)received: 5(?s:.*)at most 4"):
        batches.restore({**batches.state(), "batch": 5})
    with pytest.raises(ArgumentError, match=r"batch is not allowed(?s:.*)received: -1"):
        batches.restore({**batches.state(), "batch": -1})
    assert seen(batches) == list(range(10))


@pytest.mark.parametrize("batch_size", [0, -1, 2.0, True, None])
def test_batch_size_refused(batch_size):
    with pytest.raises(ArgumentError, match=r"batch_size is not allowed(?s:.*)a whole number from 1 on"):
        ArrayData([1, 2]).batches(batch_size)


@pytest.mark.parametrize("name", ["seed", "epoch"])
def test_negative_seed_or_epoch_refused(name):
    with pytest.raises(ArgumentError, match=f"{name} is not allowed(?s:.*)a whole number from 0 on"):
        ArrayData([1, 2]).batches(1, **{name: -1})


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_not_finite_names_row_and_column(bad):
    x = np.zeros((100, 5), dtype=np.float32)
    x[60, 3] = x[70, 0] = bad
    with pytest.raises(
        DataError, match=rf"x holds a value that is not finite.\n  received: {bad} at row 60, column 3\n"
    ):
        ArrayData(x)


def test_not_finite_in_targets_weights_images_and_complex():
    with pytest.raises(DataError, match=r"y holds(?s:.*)nan at row 1\n"):
        ArrayData([1, 2], [0.0, np.nan])
    with pytest.raises(DataError, match=r"sample_weight holds(?s:.*)inf at row 0\n"):
        ArrayData([1, 2], None, [np.inf, 1])
    images = np.zeros((2, 4, 4, 1))
    images[1, 2, 3, 0] = np.nan
    with pytest.raises(DataError, match=r"nan at row 1, position \(2, 3, 0\)\n"):
        ArrayData(images)
    with pytest.raises(DataError, match=r"at row 1, column 0\n"):
        ArrayData(np.array([[1j], [complex(0, np.nan)]]))


def test_not_finite_far_into_large_data():
    x = np.zeros((3000, 1000), dtype=np.float16)  # more than one block of the check
    x[2999, 999] = np.nan
    with pytest.raises(DataError, match="nan at row 2999, column 999"):
        ArrayData(x)


def test_large_finite_numbers_pass():
    assert len(ArrayData(np.full((10, 10), np.finfo(np.float32).max, dtype=np.float32))) == 10


def test_lengths_differ():
    with pytest.raises(DataError, match=r"x of shape \(3, 1\), y of shape \(2,\)"):
        ArrayData([[1], [2], [3]], [1, 2])
    with pytest.raises(DataError, match=r"x of shape \(3,\), sample_weight of shape \(1,\)"):
        ArrayData([1, 2, 3], None, [1.0])


@pytest.mark.parametrize("x", [[], np.zeros((0, 3)), np.zeros((3, 0))], ids=str)
def test_empty(x):
    with pytest.raises(DataError, match=r"\[ArrayData\] x is empty.\n  received: shape "):
        ArrayData(x)


@pytest.mark.parametrize(
    "x, text",
    [
        (np.array([1, None]), "x does not hold numbers.\n  received: object of shape (2,)"),
        (["cat", "dog"], "x does not hold numbers.\n  received: <U3 of shape (2,)"),
        (
            np.array(["2020-01-01"], dtype="datetime64[D]"),
            "x does not hold numbers.\n  received: datetime64[D]",
        ),
        ([[1, 2], [3]], "x is ragged"),
        (3.0, "x is a single number"),
        (np.ma.masked_array([1.0, 2.0], mask=[False, True]), "x is masked"),
    ],
    ids=["object", "text", "date", "ragged", "scalar", "masked"],
)
def test_what_is_no_data(x, text):
    with pytest.raises(DataError) as caught:
        ArrayData(x)
    assert f"[ArrayData] {text}" in str(caught.value)


def test_weights_refused():
    with pytest.raises(
        DataError, match=r"not one real number an example(?s:.*)float64 of shape \(2, 1\)(?s:.*)\(2,\)"
    ):
        ArrayData([1, 2], None, [[1.0], [2.0]])
    with pytest.raises(DataError, match=r"has to be 0 or more(?s:.*)received: -1.0 at row 1"):
        ArrayData([1, 2], None, [1.0, -1.0])
    with pytest.raises(DataError, match="not 0 everywhere"):
        ArrayData([1, 2], None, [0, 0])


def test_arrays_are_kept_as_they_are():
    x = np.zeros((3, 2), dtype=np.float32)
    data = ArrayData(x, np.array([1, 2, 3], dtype=">i4"))
    assert data.x is x
    assert data.y.dtype.isnative
    assert data.y.tolist() == [1, 2, 3]
    assert repr(data) == "ArrayData(x: float32[3, 2], y: int32[3])"

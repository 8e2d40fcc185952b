"""Splits: every example once, proportions kept, the same for the same seed whatever else was drawn."""

import numpy as np
import pytest

from sujeong.data import split_indices, standardize, train_validation_split
from sujeong.errors import ArgumentError, DataError


@pytest.mark.parametrize("stratified", [False, True])
@pytest.mark.parametrize("count, fraction", [(2, 0.5), (10, 0.3), (101, 0.1), (1797, 0.2), (60, 0.99)])
def test_every_example_is_on_one_side(count, fraction, stratified):
    labels = np.arange(count) % 3 if stratified else None
    kept, held_out = split_indices(count, fraction, seed=4, labels=labels)
    assert sorted([*kept.tolist(), *held_out.tolist()]) == list(range(count))
    assert abs(len(held_out) - count * fraction) <= 0.5
    assert kept.dtype == held_out.dtype == np.int64


@pytest.mark.parametrize("fraction", [0.1, 0.25, 0.29, 1 / 3, 0.8])
@pytest.mark.parametrize("seed", range(4))
def test_each_class_gets_its_share_rounded_down_or_up(fraction, seed):
    random = np.random.default_rng(seed)
    labels = random.permutation(np.repeat(np.arange(12), random.integers(1, 60, 12)))
    _, held_out = split_indices(len(labels), fraction, seed=seed, labels=labels)
    shares = np.bincount(labels) * fraction
    counts = np.bincount(labels[held_out], minlength=12)
    assert (counts >= np.floor(shares + 1e-9)).all()
    assert (counts <= np.ceil(shares - 1e-9)).all()
    assert counts.sum() == int(len(labels) * fraction + 0.5)


def test_an_unstratified_split_does_not_keep_proportions():
    labels = np.repeat(np.arange(10), 20)
    counts = [np.bincount(labels[split_indices(200, 0.2, seed=s)[1]], minlength=10) for s in range(5)]
    assert any((count != 4).any() for count in counts)
    stratified = np.bincount(labels[split_indices(200, 0.2, labels=labels)[1]])
    assert (stratified == 4).all()


def test_who_is_rounded_up_depends_on_the_seed_not_on_the_label():
    labels = np.repeat(np.arange(10), 5)  # each class's share is half an example
    chosen = [frozenset(labels[split_indices(50, 0.1, seed=s, labels=labels)[1]].tolist()) for s in range(20)]
    assert all(len(classes) == 5 for classes in chosen)
    assert set().union(*chosen) == set(range(10))


def test_labels_may_be_any_integers():
    labels = np.array([-7, 1000, -7, 1000, -7, -7, 1000, 1000])
    _, held_out = split_indices(8, 0.5, labels=labels)
    assert sorted(labels[held_out].tolist()) == [-7, -7, 1000, 1000]


def test_both_sides_are_shuffled():
    kept, held_out = split_indices(1000, 0.5, labels=np.arange(1000) // 100)
    for side in (kept, held_out):
        assert (np.diff(side) > 0).mean() == pytest.approx(0.5, abs=0.1)


def test_a_function_of_seed_and_site_alone():
    first = split_indices(100, 0.2, seed=1)
    np.random.seed(0)  # noqa: NPY002  the global state must not matter
    split_indices(50, 0.2, seed=9)
    second = split_indices(100, 0.2, seed=1)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
    assert split_indices(100, 0.2, seed=2)[1].tolist() != first[1].tolist()
    assert split_indices(100, 0.2, seed=1, site="elsewhere")[1].tolist() != first[1].tolist()


def test_every_example_is_held_out_equally_often():
    counts = np.zeros(20)
    for seed in range(2000):
        counts[split_indices(20, 0.25, seed=seed)[1]] += 1
    assert np.abs(counts - 500).max() < 5 * np.sqrt(2000 * 0.25 * 0.75)


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, float("nan"), True])
def test_fraction_out_of_range(fraction):
    with pytest.raises(ArgumentError, match=r"the fraction is not allowed(?s:.*)expected: 0 < fraction < 1"):
        split_indices(10, fraction)


@pytest.mark.parametrize("wrong", [-1, 0.5, None, True])
def test_seed_refused(wrong):
    with pytest.raises(ArgumentError, match=r"\[split\] seed is not allowed(?s:.*)a whole number from 0 on"):
        split_indices(10, 0.5, seed=wrong)


@pytest.mark.parametrize("count, fraction", [(0, 0.5), (1, 0.5), (10, 0.01), (10, 0.99)])
def test_an_empty_side(count, fraction):
    with pytest.raises(
        DataError, match=rf"one side of the split would be empty(?s:.*)received: {count} examples"
    ):
        split_indices(count, fraction)


@pytest.mark.parametrize(
    "labels",
    [np.zeros((4, 3), int), np.zeros(3, int), np.zeros(4), np.array(list("abcd"))],
    ids=lambda a: str(a.dtype),
)
def test_labels_that_are_no_classes(labels):
    with pytest.raises(DataError, match=r"these labels cannot be stratified(?s:.*)shape \(4,\)(?s:.*)argmax"):
        split_indices(4, 0.5, labels=labels)


def test_train_validation_split_keeps_pairs_together():
    x = np.arange(40).reshape(20, 2)
    (x_train, y_train), (x_valid, y_valid) = train_validation_split(x, x[:, 0] * 10, 0.25, seed=3)
    assert x_train.shape == (15, 2)
    assert x_valid.shape == (5, 2)
    np.testing.assert_array_equal(y_train, x_train[:, 0] * 10)
    np.testing.assert_array_equal(y_valid, x_valid[:, 0] * 10)


def test_train_validation_split_gives_copies():
    x = np.zeros((10, 2))
    train, valid = train_validation_split(x, None, 0.5)
    train[:], valid[:] = 1, 1
    assert not x.any()


def test_train_validation_split_stratified():
    y = np.repeat([0, 1], [90, 10])
    _, (_, y_valid) = train_validation_split(np.arange(100), y, 0.2, stratify=True)
    assert np.bincount(y_valid).tolist() == [18, 2]


def test_train_validation_split_refusals():
    with pytest.raises(DataError, match=r"x of shape \(3,\), y of shape \(2,\)"):
        train_validation_split([1, 2, 3], [1, 2])
    with pytest.raises(DataError, match="stratify=True without y"):
        train_validation_split([1, 2, 3], stratify=True)
    with pytest.raises(DataError, match="x is empty"):
        train_validation_split([])


def test_standardize_uses_the_training_part_only():
    random = np.random.default_rng(0)
    train, test = random.normal(5, 3, (200, 4)), random.normal(50, 30, (30, 4))
    scaled, scaled_test = standardize(train, test)
    np.testing.assert_allclose(scaled.mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(scaled.std(0), 1, rtol=1e-6)
    np.testing.assert_allclose(scaled_test, (test - train.mean(0)) / train.std(0), rtol=1e-5)
    assert scaled.dtype == scaled_test.dtype == np.float32


def test_standardize_only_shifts_a_constant_feature():
    train = np.full((7, 1), 0.1)
    scaled, test = standardize(train, np.array([[1.1]]))
    np.testing.assert_allclose(scaled, 0, atol=1e-7)
    np.testing.assert_allclose(test, 1, rtol=1e-6)

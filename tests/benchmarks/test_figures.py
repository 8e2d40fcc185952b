"""The figures of a comparison: medians, limits, ratios, verdicts, tables, what is kept."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest


def run(workload: str, side: str, turn: int, ms: float, figures: list[float], **more: Any) -> dict[str, Any]:
    """A line as `side.py` prints it."""
    line = {"workload": workload, "side": side, "round": turn, "median_ms": ms, "figures": figures}
    return {**line, "checked": False, "build_s": 0.1, "first_step_s": 0.2, "import_s": 1.0, **more}


LOSSES = [2.0, 1.0, 0.5]


def measured() -> Any:
    """Two rounds of a workload with 1 GFLOP and 1 GB, where products take 10 ms and copies 20 at best."""
    from results import Results

    results = Results(
        machine={"processor": "P", "cores": 2, "python": "3", "numpy": "2", "torch": "2"},
        settings={"rounds": 2, "seconds": 1.0, "threads": 2, "device": "cpu"},
        rates=[{"float32": 5e10, "bf16": 2e11, "copy": 4e10}, {"float32": 1e11, "bf16": 1e11, "copy": 5e10}],
    )
    facts = {"matrix_flops": 10**9, "product_bytes": 6 * 10**8, "state_bytes": 4 * 10**8, "flops": 10**9}
    results.workloads["mlp"] = {"title": "a perceptron", "kind": "training", "parameters": 7, **facts}
    times = {
        "ours": (30.0, 40.0),
        "torch-eager": (110.0, 90.0),
        "torch-tuned": (50.0, 60.0),
        "jax": (45.0, 45.0),
    }
    for turn in (0, 1):
        for side, ms in times.items():
            results.runs.append(run("mlp", side, turn, ms[turn], LOSSES, peak_bytes=int(ms[turn] * 1e6)))
    return results


def test_the_limit_is_the_longer_of_products_and_copies() -> None:
    from limits import Traffic, limit

    traffic = Traffic(matrix_flops=10**9, product_bytes=6 * 10**8, state_bytes=4 * 10**8)
    found = limit(traffic, flops_rate=1e11, copy_rate=5e10)
    assert (found.matrix_ms, found.memory_ms, found.ms, found.bound) == (10.0, 20.0, 20.0, "memory")
    low = limit(traffic, flops_rate=1e11, copy_rate=7e10, low=True)  # operands halved, variables not
    assert low.memory_ms == pytest.approx(10.0)
    assert limit(traffic, 1e10, 5e10).bound == "matrix"


def test_share_of_the_possible_gain() -> None:
    from limits import share

    assert share(ours=20.0, best_peer=60.0, bound=20.0) == 1.0
    assert share(ours=40.0, best_peer=60.0, bound=20.0) == 0.5
    assert share(ours=60.0, best_peer=60.0, bound=20.0) == 0.0
    assert share(ours=70.0, best_peer=60.0, bound=20.0) == -0.25
    assert share(ours=10.0, best_peer=20.0, bound=20.0) is None


def test_geometric_mean() -> None:
    from limits import geometric_mean

    assert geometric_mean([2.0, 8.0]) == pytest.approx(4.0)
    assert math.isnan(geometric_mean([]))


def test_what_a_recorded_step_must_move() -> None:
    """One product (4, 3) x (3, 2): 48 operations, 48 + 24 + 32 bytes; a variable of 24 bytes."""
    from limits import matrix_traffic

    import sujeong as sj

    w = sj.Variable(sj.ones((3, 2)))

    def step(x: sj.Tensor) -> sj.Tensor:
        y = sj.relu(x @ w)
        w.assign(w * 2.0)
        return y

    found = matrix_traffic(sj.record(step, sj.Spec((4, 3), sj.float32)))
    assert (found.matrix_flops, found.product_bytes, found.state_bytes) == (48, 48 + 24 + 32, 48)


def test_medians_over_rounds_and_the_best_rate() -> None:
    results = measured()
    assert results.median("mlp", "ours") == 35.0
    assert results.median("mlp", "torch-compile") is None
    assert results.rate("float32") == 1e11
    assert results.rate("bf16") == 2e11


def test_small_states_are_copied_at_the_rate_of_a_cache() -> None:
    results = measured()
    assert results.copy_rate(1e3) == 5e10
    results.rates[0]["copies"] = {"1000": 9e10, "100000": 6e10}
    results.rates[1]["copies"] = {"1000": 8e10, "100000": 7e10}
    assert [results.copy_rate(n) for n in (10, 1000, 1001, 1e6)] == [9e10, 9e10, 7e10, 5e10]


def test_the_best_peer_is_none_of_ours_and_of_the_same_precision() -> None:
    import tables

    results = measured()
    results.runs.append(run("mlp", "torch-tuned-bf16", 0, 1.0, LOSSES))
    assert tables.best_peer(results, "mlp", "float32") == ("jax", 45.0)
    assert tables.best_peer(results, "mlp", "float32", "torch") == ("torch-tuned", 55.0)
    assert tables.best_peer(results, "mlp", "bf16") == ("torch-tuned-bf16", 1.0)


def test_tables_of_a_comparison() -> None:
    import tables

    page = tables.page(measured(), "the command")
    row = next(line for line in page.splitlines() if line.startswith("| mlp | 20 "))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    # (45 - 35) / (45 - 20) of the gain is taken
    assert cells == ["mlp", "20 (memory)", "35", "55 (torch-tuned)", "1.57", "45 (jax)", "40%", "1.8"]
    assert "`the command`" in page
    assert "2 rounds of fresh processes in turns" in page
    assert "| torch-eager | 100 |" in page


def test_peaks_of_a_few_pages_say_nothing_of_memory() -> None:
    import goals

    results = measured()
    for line in results.runs:
        line["peak_bytes"] //= 1000
    rows = {row[0]: row[1:] for row in goals.rows(results)}
    assert next(v for k, v in rows.items() if k.startswith("peak memory")) == ["-", "not measured"]


def test_goals_are_judged_by_what_was_measured() -> None:
    import goals

    results = measured()
    rows = {row[0]: row[1:] for row in goals.rows(results)}
    fast = next(v for k, v in rows.items() if k.startswith("float32 against"))
    assert fast[0].startswith("geometric mean 1.57x, worst mlp 1.57x")
    assert fast[1] == "reached"
    memory = next(v for k, v in rows.items() if k.startswith("peak memory"))
    assert memory == ["geometric mean 0.64x, worst mlp 0.64x", "reached"]
    assert next(v for k, v in rows.items() if k.startswith("bf16 against")) == ["-", "not measured"]
    for turn, over in enumerate((0.01, 0.05, 0.02)):  # pairs count, not times of separate processes
        results.runs.append(run("mlp", "ours-step", turn, 30.0, LOSSES, over_step=over))
        results.runs.append(run("mlp", "ours-fit", turn, 60.0, LOSSES))
    rows = {row[0]: row[1:] for row in goals.rows(results)}
    assert next(v for k, v in rows.items() if k.startswith("`fit` over")) == ["worst mlp +2.0%", "reached"]
    for line in results.runs:
        if line["side"] == "ours":
            line["median_ms"] = 56.0  # one workload slower
    rows = {row[0]: row[1:] for row in goals.rows(results)}
    assert next(v for k, v in rows.items() if k.startswith("float32 against"))[1] == "not reached"


@pytest.mark.parametrize(
    ("figures", "why"),
    [
        (LOSSES, None),
        ([2.0, 1.001, 0.5], None),
        ([2.0, 1.0, 0.502], "step 3: 0.502 instead of 0.5"),
        ([2.0, 1.0], "2 losses instead of 3"),
        ([2.0, float("nan"), 0.5], "step 2: nan instead of 1"),
    ],
)
def test_loss_curves_that_part_are_found(figures: list[float], why: str | None) -> None:
    from results import differing

    assert differing(figures, LOSSES, relative=2e-3, of_greatest=1e-4) == why


def test_a_side_with_other_losses_is_refused_and_not_counted() -> None:
    import checking
    import tables
    from workloads import load

    results = measured()
    results.runs[3]["figures"] = [2.0, 1.0, 0.6]  # JAX, round 1
    results.refused = checking.refused(results, load("mlp"))
    assert results.refused == {"mlp jax": "other losses than torch-eager, step 3: 0.6 instead of 0.5"}
    assert results.median("mlp", "jax") is None
    assert tables.best_peer(results, "mlp", "float32") == ("torch-tuned", 55.0)
    assert "| jax | refused |" in tables.page(results, "")


def test_other_operations_than_ours_are_refused() -> None:
    import checking
    from workloads import load

    results = measured()
    line = run("mlp", "torch-eager", 0, 1.0, LOSSES) | {"checked": True, "matrix_flops": 1_020_000_000}
    results.runs.append(line)
    why = checking.refused(results, load("mlp"))
    assert why == {"mlp torch-eager": "1,020,000,000 operations in products, ours has 1,000,000,000"}


def test_results_are_kept_and_read_again(tmp_path: Path) -> None:
    from results import Results

    path = tmp_path / "folder" / "steps.json"
    results = measured()
    results.save(path)
    assert Results.read(path) == results
    assert [p.name for p in path.parent.iterdir()] == ["steps.json"]


def test_the_picture_is_drawn(tmp_path: Path) -> None:
    import plotting

    path = tmp_path / "steps.png"
    plotting.picture(measured(), path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_tables_take_their_place_on_a_page(tmp_path: Path) -> None:
    import tables

    page = tmp_path / "README.md"
    page.write_text(f"head\n{tables.BEGIN}\nold\n{tables.END}\nfoot\n")
    for text in ("first\n", "second\n"):
        tables.put_in(page, text, tmp_path / "results" / "steps.png")
    head, _, rest = page.read_text().partition(tables.BEGIN)
    inside, _, foot = rest.partition(tables.END)
    assert (head, foot) == ("head\n", "\nfoot\n")
    assert inside == "\n![time of each peer over ours](results/steps.png)\n\nsecond\n"

"""Tries what users install: builds source archive and wheel, installs the wheel alone, and trains with it.

    make wheel-check

The wheel is built from the source archive and installed into a fresh environment that has its required
dependencies and nothing else: no PyTorch, no matplotlib, no scikit-learn. There it must import, train on its
own engine, save and load, type-check as a user's code would, and run `sujeong info` and `sujeong demo`. Needs
a package index (or pip's own settings for a local one) and about a minute.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from email.parser import Parser
from pathlib import Path

REQUIRED = {"numpy", "rich", "safetensors", "typer"}
ABSENT = ["torch", "matplotlib", "PIL", "sklearn", "scipy"]

SCRIPT = f"""
import importlib.util
import numpy as np
import sujeong as sj
from sujeong import nn

assert "site-packages" in sj.__file__, sj.__file__
found = [name for name in {ABSENT} if importlib.util.find_spec(name)]
assert not found, f"the environment has {{found}}"
assert sj.get_engine().name == "numpy", sj.get_engine().name

sj.set_seed(0)
(x, y), (x_test, y_test) = sj.datasets.digits()
model = nn.Sequential([nn.Flatten(), nn.Dense(64, "relu"), nn.Dense(10)])
model.compile("adam", "softmax_cross_entropy", ["accuracy"])
model.fit(x, y, epochs=20, verbose=0)
accuracy = model.evaluate(x_test, y_test)["accuracy"]
assert accuracy > 0.95, accuracy
model.save("digits")
assert np.array_equal(sj.load("digits").predict(x_test), model.predict(x_test))

for use, name in [(lambda: sj.set_engine("torch"), "torch"), (sj.datasets.iris, "scikit-learn")]:
    try:
        use()
    except sj.errors.SujeongError as error:
        assert "pip install" in str(error), error
    else:
        raise AssertionError(f"{{name}} is not there, and nothing was said")
print("trained")
"""

TYPED = """
import sujeong as sj
from sujeong import nn

x: sj.Tensor = sj.asarray([[1.0, 2.0]])
shape: tuple[int, ...] = sj.softmax(x, axis=-1).shape
layer = nn.Dense(3, "relu")
(images, labels), (test_images, test_labels) = sj.datasets.digits()
rows: int = images.shape[0]
"""


def run(*command: str | Path, folder: Path, env: dict[str, str] | None = None) -> str:
    """Runs a command, and stops everything where it fails.

    Args:
        *command: program and arguments.
        folder: where it runs.
        env: its environment; default this one.

    Returns:
        What it printed.

    Raises:
        SystemExit: it failed; the text shows what it printed.
    """
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        shown = " ".join(words[:4])
        raise SystemExit(f"wheel: {shown} ... gave status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def faults_of_contents(wheel: Path, package: Path) -> list[str]:
    """What a wheel has too much or too little.

    Args:
        wheel: the file.
        package: the folder of the sources that it was made of.

    Returns:
        One line for each fault.
    """
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        (metadata,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        needs = Parser().parsestr(archive.read(metadata).decode()).get_all("Requires-Dist", [])
    sources = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    wanted = {path.relative_to(package.parent).as_posix() for path in sources}
    plain = {need.split(">")[0].strip() for need in needs if "extra ==" not in need}
    found = {name for name in names if ".dist-info/" not in name}
    faults = [f"wheel: {name} is missing" for name in sorted(wanted - found)]
    faults += [f"wheel: {name} does not belong there" for name in sorted(found - wanted)]
    if plain != REQUIRED:
        faults.append(f"wheel: needs {sorted(plain)}, expected {sorted(REQUIRED)}")
    if not any(".dist-info/licenses/LICENSE" in name for name in names):
        faults.append("wheel: the licence is missing")
    return faults


def faults_of_commands(sujeong: Path, folder: Path, env: dict[str, str]) -> list[str]:
    """What the commands of the installed package get wrong.

    Args:
        sujeong: the command.
        folder: an empty one, to run in.
        env: the environment to run in.

    Returns:
        One line for each fault.
    """
    faults = []
    info = run(sujeong, "info", folder=folder, env=env)
    if "not installed" not in info or "digits" not in info:
        faults.append(f"sujeong info: does not say what is there and what is not\n{info}")
    shown = run(sujeong, "demo", folder=folder, env=env)
    last = shown.splitlines()[-1].split()
    if last[:2] != ["test", "accuracy"] or float(last[2]) < 0.98:
        faults.append(
            f"sujeong demo: the last line is {' '.join(last)!r}, expected test accuracy 0.98 or more"
        )
    if 'pip install "sujeong[plot]"' not in shown or list(folder.rglob("*.png")):
        faults.append(f"sujeong demo: does not say that pictures need matplotlib\n{shown}")
    return faults


def check(root: Path) -> list[str]:
    """Builds, installs and tries the package.

    Args:
        root: the folder of the repository.

    Returns:
        One line for each fault.
    """
    env = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "SUJEONG", "LANG"))
    }
    env |= {"LANG": "C.UTF-8", "COLUMNS": "120"}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        built, home, folder = place / "dist", place / "venv", place / "run"
        folder.mkdir()
        run(sys.executable, "-m", "build", "--no-isolation", "--outdir", built, root, folder=root)
        (wheel,) = built.glob("*.whl")
        faults = faults_of_contents(wheel, root / "src" / "sujeong")
        run(sys.executable, "-m", "venv", home, folder=place, env=env)
        programs = home / ("Scripts" if os.name == "nt" else "bin")
        pip = (programs / "python", "-m", "pip", "--disable-pip-version-check")
        run(*pip, "install", "--quiet", "--constraint", root / "constraints.txt", wheel, folder=place)
        run(*pip, "check", folder=place)
        run(programs / "python", "-W", "error", "-c", SCRIPT, folder=folder, env=env)
        (place / "typed.py").write_text(TYPED, encoding="utf-8")
        mypy = (sys.executable, "-m", "mypy", "--strict", "--python-executable", programs / "python")
        run(*mypy, "--cache-dir", place / "cache", "typed.py", folder=place, env=env)
        return faults + faults_of_commands(programs / "sujeong", folder, env)


def main(arguments: list[str]) -> int:
    """Runs the check and prints what it found.

    Args:
        arguments: the root folder; default the current one.

    Returns:
        The exit status: 1 where there is a fault.
    """
    faults = check(Path(arguments[0] if arguments else ".").resolve())
    print(
        "\n".join(faults) if faults else "wheel: builds, installs alone, imports, trains, runs its commands"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How the field came to be, each step with the command that runs it here: `sujeong history`.

An entry whose model is not in the library yet has no command, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..messages import text


@dataclass(frozen=True)
class Entry:
    """A step of the history. Its text is `show.history.NAME`.

    Attributes:
        year: when.
        name: unique.
        command: what runs it here, without `sujeong`; empty if nothing does yet.
        model: whether it is a model, so that a command is due one day.
    """

    year: int
    name: str
    command: str = ""
    model: bool = False


HISTORY: tuple[Entry, ...] = (
    Entry(1943, "neuron", "show perceptron"),
    Entry(1957, "perceptron", "show perceptron", model=True),
    Entry(1969, "xor", "show xor"),
    Entry(1974, "first-winter"),
    Entry(1980, "neocognitron", "show convolution"),
    Entry(1986, "backpropagation", "show backprop"),
    Entry(1989, "lenet", "train mnist --model cnn", model=True),
    Entry(1987, "second-winter"),
    Entry(1990, "rnn", model=True),
    Entry(1991, "vanishing", "show vanishing"),
    Entry(1995, "svm", "show end-to-end"),
    Entry(1997, "lstm", model=True),
    Entry(2006, "dbn", "show vanishing", model=True),
    Entry(2009, "imagenet"),
    Entry(2010, "xavier", "show initialization"),
    Entry(2011, "relu", "show activations"),
    Entry(2012, "alexnet", model=True),
    Entry(2012, "dropout", "show overfitting"),
    Entry(2012, "cat"),
    Entry(2013, "dqn", model=True),
    Entry(2014, "rcnn", model=True),
    Entry(2014, "deepface"),
    Entry(2014, "seq2seq", model=True),
    Entry(2014, "gan", model=True),
    Entry(2014, "vgg", "show why-deep", model=True),
    Entry(2014, "adam", "show optimizers"),
    Entry(2015, "batch-norm", "show batch-norm"),
    Entry(2015, "fcn", "show fully-convolutional", model=True),
    Entry(2015, "style", model=True),
    Entry(2015, "resnet", "show why-deep", model=True),
    Entry(2016, "alphago", model=True),
    Entry(2016, "densenet", "show vanishing", model=True),
    Entry(2017, "transformer", model=True),
    Entry(2017, "teachable"),
    Entry(2018, "pretraining", model=True),
    Entry(2018, "bert", model=True),
    Entry(2019, "gpt", model=True),
    Entry(2020, "self-supervised", model=True),
    Entry(2020, "diffusion", model=True),
    Entry(2022, "chat"),
    Entry(2024, "nobel"),
)


def lines(language: str | None = None) -> list[tuple[str, str, str]]:
    """Year, what happened, and the command, in the order of years."""
    found = []
    for entry in sorted(HISTORY, key=lambda e: e.year):
        command = f"sujeong {entry.command}" if entry.command else ""
        if entry.model and not command:
            command = text("show.history.to-come", language)
        found.append((str(entry.year), text(f"show.history.{entry.name}", language), command))
    return found

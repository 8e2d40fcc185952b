"""Layers, and what models are made of."""

from .activation_layers import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from .attention import MultiHeadAttention
from .augmentation import RandomFlip, RandomRotation, RandomTranslation, RandomZoom
from .batch_norm import BatchNorm
from .bidirectional import Bidirectional
from .conv import Conv1D, Conv2D, Conv3D
from .conv_transpose import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose
from .convolutional import to_convolutional
from .dense import Dense
from .dropout import Dropout
from .embedding import Embedding
from .embedding_bag import EmbeddingBag
from .function import Lambda
from .graph import Input
from .gru import GRU
from .layer_norm import LayerNorm, RMSNorm
from .lstm import LSTM
from .merging import Add, Concatenate, Multiply
from .model import Model
from .module import Module
from .pooling import (
    AveragePool1D,
    AveragePool2D,
    AveragePool3D,
    GlobalAveragePool1D,
    GlobalAveragePool2D,
    GlobalAveragePool3D,
    GlobalMaxPool1D,
    GlobalMaxPool2D,
    GlobalMaxPool3D,
    MaxPool1D,
    MaxPool2D,
    MaxPool3D,
)
from .positions import PositionEmbedding, SinePositionEncoding
from .registry import register
from .sequential import Sequential
from .shaping import Flatten, Permute, Reshape, ZeroPadding1D, ZeroPadding2D, ZeroPadding3D
from .simple_rnn import SimpleRNN
from .summary import Summary
from .time_distributed import TimeDistributed
from .transformer import TransformerDecoder, TransformerEncoder

__all__ = [
    "ELU",
    "GRU",
    "LSTM",
    "Activation",
    "Add",
    "AveragePool1D",
    "AveragePool2D",
    "AveragePool3D",
    "BatchNorm",
    "Bidirectional",
    "Concatenate",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "Dense",
    "Dropout",
    "Embedding",
    "EmbeddingBag",
    "Flatten",
    "GlobalAveragePool1D",
    "GlobalAveragePool2D",
    "GlobalAveragePool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "Input",
    "Lambda",
    "LayerNorm",
    "LeakyReLU",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "Model",
    "Module",
    "MultiHeadAttention",
    "Multiply",
    "PReLU",
    "Permute",
    "PositionEmbedding",
    "RMSNorm",
    "RandomFlip",
    "RandomRotation",
    "RandomTranslation",
    "RandomZoom",
    "ReLU",
    "Reshape",
    "Sequential",
    "SimpleRNN",
    "SinePositionEncoding",
    "Softmax",
    "Summary",
    "TimeDistributed",
    "TransformerDecoder",
    "TransformerEncoder",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
    "register",
    "to_convolutional",
]

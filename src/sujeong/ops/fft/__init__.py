"""Fourier transforms: the extension of the array API standard.

    y[k] = sum_j x[j] e^(-2 pi i j k / n)        the inverse has e^(+...) and divides by n

All are made of one operation, the complex transform over several axes, whose gradient is the transform
with the other sign; so all have gradients of any order.
"""

from .complex_transforms import fft, fftn, ifft, ifftn
from .frequencies import fftfreq, fftshift, ifftshift, rfftfreq
from .real_transforms import hfft, ihfft, irfft, irfftn, rfft, rfftn

__all__ = [
    "fft",
    "fftfreq",
    "fftn",
    "fftshift",
    "hfft",
    "ifft",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfftn",
    "rfft",
    "rfftfreq",
    "rfftn",
]

"""How a colour looks to a person who lacks one kind of cone, and how far two are apart.

The matrices are those of Machado, Oliveira and Fernandes (2009) at full severity, for
linear light; distance is CIE76 in L*a*b*, where 2.3 is just noticed.
"""

import math

from mux_tui.core.theme.colour import hexed, linear, rgb

Row = tuple[float, float, float]
Matrix = tuple[Row, Row, Row]

PROTANOPIA: Matrix = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
DEUTERANOPIA: Matrix = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)

_TO_XYZ: Matrix = (
    (0.4124, 0.3576, 0.1805),
    (0.2126, 0.7152, 0.0722),
    (0.0193, 0.1192, 0.9505),
)
_WHITE: Row = (0.9505, 1.0, 1.089)


def seen(colour: str, eyes: Matrix) -> str:
    """The colour as those eyes see it."""
    red, green, blue = (_coded(part) for part in _applied(eyes, _light(colour)))
    return hexed(red, green, blue)


def distance(one: str, other: str) -> float:
    """How far apart two colours are."""
    return math.dist(_lab(one), _lab(other))


def _light(colour: str) -> Row:
    red, green, blue = map(linear, rgb(colour))
    return red, green, blue


def _coded(light: float) -> float:
    inside = min(1.0, max(0.0, light))
    if inside <= 0.0031308:
        return 255 * 12.92 * inside

    return 255 * (1.055 * inside ** (1 / 2.4) - 0.055)


def _applied(matrix: Matrix, row: Row) -> Row:
    first, second, third = (
        sum(a * b for a, b in zip(line, row, strict=True)) for line in matrix
    )
    return first, second, third


def _lab(colour: str) -> Row:
    shares = zip(_applied(_TO_XYZ, _light(colour)), _WHITE, strict=True)
    x, y, z = (_bent(part / white) for part, white in shares)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _bent(share: float) -> float:
    return share ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116

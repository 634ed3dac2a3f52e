"""Bytes and tokens as words; one unit everywhere, so that sums add up.

Memory is sold in GiB under the name of GB; here it is called by its own name.
"""

GIB = 1 << 30
_KIB = 1024


def gib(size: float, digits: int = 1) -> str:
    """`17.2 GiB`; below a tenth of one, `83 MiB`."""
    if 0 < size < GIB / 10:
        return f"{size / (1 << 20):.0f} MiB"

    return f"{size / GIB:.{digits}f} GiB"


def tokens(count: int) -> str:
    """`32k`, `1M`; as it is below one thousand."""
    if count >= 1 << 20:
        return f"{count / (1 << 20):.3g}M"

    return f"{count // _KIB}k" if count >= _KIB else str(count)

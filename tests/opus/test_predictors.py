"""SILK's short-term predictors are those of libopus, coefficient for coefficient."""
# MIT License; see LICENSE

import ctypes
import random
import subprocess
from array import array

import pytest
import streams
from roomtone_host import libopus

# Least distances by order (RFC 6716 section 4.2.7.5.4, table 25).
LEAST = {
    10: (250, 3, 6, 3, 3, 3, 4, 3, 3, 3, 461),
    16: (100, 3, 40, 3, 3, 3, 5, 14, 14, 10, 11, 3, 8, 9, 7, 3, 347),
}
COUNT = 20_000


def frequencies(chance: random.Random, order: int) -> list[int]:
    """Anywhere, or with the lowest at its limit: a pole near z = 1 makes filters unstable."""
    low = [1] if chance.random() < 0.5 else []
    return low + sorted(chance.randrange(1, 32767) for _ in range(order - len(low)))


def by_libopus(order: int) -> tuple[array, array]:
    """Frequencies at their distances, and the predictor of each."""
    library = libopus.load(libopus.FIXED)
    chance = random.Random(5)
    distances = (ctypes.c_int16 * (order + 1))(*LEAST[order])
    predictor = (ctypes.c_int16 * 16)()
    given, expected = array("h"), array("h")
    for _ in range(COUNT):
        row = (ctypes.c_int16 * order)(*frequencies(chance, order))
        library.silk_NLSF_stabilize(row, distances, order)
        library.silk_NLSF2A(predictor, row, order, 0)
        given.extend(row)
        expected.extend(predictor[:order])
    return given, expected


@pytest.mark.parametrize("order", LEAST)
def test_predictors_equal_those_of_libopus(order, tmp_path):
    given, expected = by_libopus(order)
    (tmp_path / "frequencies").write_bytes(given.tobytes())
    script = str(streams.ROOT / "tests" / "opus" / "run_predictors.py")
    command = [str(streams.UNIX_32), "-X", "heapsize=4M", script]
    subprocess.run(
        [*command, str(tmp_path / "frequencies"), str(tmp_path / "predictors"), str(order)],
        cwd=streams.ROOT,
        timeout=120,
        check=True,
    )
    found = array("h", (tmp_path / "predictors").read_bytes())
    rows = range(0, len(expected), order)
    assert [i for i in rows if found[i : i + order] != expected[i : i + order]] == []

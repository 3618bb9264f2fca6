"""The official test vectors, which are run when their folder is given."""
# MIT License; see LICENSE

import pytest


def pytest_ignore_collect(collection_path, config):
    """Leave the file of the vectors out, rather than skip its tests, when there are none."""
    if collection_path.name == "test_vectors.py" and not config.getoption("--opus-vectors"):
        return True
    return None


def pytest_generate_tests(metafunc):
    """A test for each vector: its .bit file."""
    if "vector" in metafunc.fixturenames:
        folder = metafunc.config.getoption("--opus-vectors")
        found = sorted(folder.glob("*.bit")) if folder else []
        if not found:
            raise pytest.UsageError("--opus-vectors names no folder with .bit files")
        metafunc.parametrize("vector", found, ids=[path.stem for path in found])

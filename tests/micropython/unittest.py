"""The part of unittest that the protocol tests use, for MicroPython."""
# MIT License; see LICENSE


class SkipTest(Exception):
    pass


class _Raises:
    # The context manager of assertRaises; `exception` holds what was caught.

    def __init__(self, expected):
        self.expected = expected
        self.exception = None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        if kind is None:
            raise AssertionError(f"{self.expected} was not raised")
        self.exception = value
        return issubclass(kind, self.expected)


class _SubTest:
    # A failure inside passes through, with what the test said about the case in front of it.

    def __init__(self, said):
        self.said = said

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        if kind is not None:
            print("in the case", self.said)
        return False


class TestCase:
    """Test methods begin with `test`; each runs on an object of its own."""

    def setUp(self):
        pass

    def tearDown(self):
        pass

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def fail(self, msg=None):
        raise AssertionError(msg or "failed")

    def skipTest(self, reason):
        raise SkipTest(reason)

    def subTest(self, msg=None, **params):
        return _SubTest((msg, params))

    def _check(self, holds, text, msg):
        if not holds:
            raise AssertionError(text if msg is None else f"{text}: {msg}")

    def assertEqual(self, first, second, msg=None):
        if first != second:
            self._check(False, f"{first!r} != {second!r}", msg)

    def assertNotEqual(self, first, second, msg=None):
        self._check(first != second, f"both are {first!r}", msg)

    def assertAlmostEqual(self, first, second, places=7, msg=None, delta=None):
        limit = delta if delta is not None else 0.5 * 10**-places
        self._check(abs(first - second) <= limit, f"{first!r} is far from {second!r}", msg)

    def assertTrue(self, value, msg=None):
        self._check(value, f"{value!r} is not true", msg)

    def assertFalse(self, value, msg=None):
        self._check(not value, f"{value!r} is not false", msg)

    def assertIs(self, first, second, msg=None):
        self._check(first is second, f"{first!r} is not {second!r}", msg)

    def assertIsNot(self, first, second, msg=None):
        self._check(first is not second, f"both are {first!r}", msg)

    def assertIsNone(self, value, msg=None):
        self._check(value is None, f"{value!r} is not None", msg)

    def assertIsNotNone(self, value, msg=None):
        self._check(value is not None, "is None", msg)

    def assertIn(self, member, container, msg=None):
        self._check(member in container, f"{member!r} is not in {container!r}", msg)

    def assertNotIn(self, member, container, msg=None):
        self._check(member not in container, f"{member!r} is in {container!r}", msg)

    def assertIsInstance(self, value, kind, msg=None):
        self._check(isinstance(value, kind), f"{value!r} is not of {kind}", msg)

    def assertLess(self, first, second, msg=None):
        self._check(first < second, f"{first!r} is not below {second!r}", msg)

    def assertLessEqual(self, first, second, msg=None):
        self._check(first <= second, f"{first!r} is above {second!r}", msg)

    def assertGreater(self, first, second, msg=None):
        self._check(first > second, f"{first!r} is not above {second!r}", msg)

    def assertGreaterEqual(self, first, second, msg=None):
        self._check(first >= second, f"{first!r} is below {second!r}", msg)

    def assertRaises(self, expected, function=None, *args, **kwargs):
        manager = _Raises(expected)
        if function is None:
            return manager
        with manager:
            function(*args, **kwargs)
        return None


def main():
    """Does nothing: a test file that calls it runs by run.py."""

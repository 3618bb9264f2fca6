"""Run unittest files under MicroPython: run.py FILE ...; the exit code says whether all passed."""
# MIT License; see LICENSE

import gc
import sys
import unittest


def _is_case(value):
    return isinstance(value, type) and issubclass(value, unittest.TestCase)


def _tests_of(case):
    # dir() of a class does not list what it inherits, on MicroPython.
    names = set()
    classes = [case]
    while classes:
        cls = classes.pop()
        classes.extend(cls.__bases__)
        names.update(name for name in dir(cls) if name.startswith("test"))
    return sorted(names)


def _run_one(case, name):
    # -> "ok", "skip" or "FAIL"; prints the reason of the last two.
    test = case()
    try:
        test.setUp()
        try:
            getattr(test, name)()
        finally:
            test.tearDown()
    except unittest.SkipTest as reason:
        print("skipped:", reason)
        return "skip"
    except Exception as error:
        sys.print_exception(error)
        return "FAIL"
    return "ok"


def run_module(module):
    """Run every test of a module; return (passed, failed, skipped)."""
    counts = {"ok": 0, "FAIL": 0, "skip": 0}
    for case_name in sorted(dir(module)):
        case = getattr(module, case_name)
        if not _is_case(case) or case is unittest.TestCase:
            continue
        case.setUpClass()
        for name in _tests_of(case):
            result = _run_one(case, name)
            counts[result] += 1
            print(f"{result} {module.__name__}.{case_name}.{name}")
            gc.collect()
        case.tearDownClass()
    return counts["ok"], counts["FAIL"], counts["skip"]


def main(paths):
    """Import and run the files; return how many tests did not pass (1 when none ran)."""
    passed = failed = skipped = 0
    for path in paths:
        folder, _, file_name = path.rpartition("/")
        sys.path.insert(0, folder)
        module = __import__(file_name[: -len(".py")])
        sys.path.pop(0)
        counts = run_module(module)
        passed += counts[0]
        failed += counts[1]
        skipped += counts[2]
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return failed + skipped if passed else 1


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)

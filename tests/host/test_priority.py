"""The priority of what makes sound: raised where the system allows it, never lowered."""
# MIT License; see LICENSE

import os
import subprocess
import sys

from roomtone_host import priority


def test_a_process_is_raised_or_left_as_it_was():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        before = os.getpriority(os.PRIO_PROCESS, child.pid)
        raised = priority.raise_priority(priority.BOARD_NICE, child.pid)
        after = os.getpriority(os.PRIO_PROCESS, child.pid)
        assert after == (min(before, priority.BOARD_NICE) if raised else before)
        child.communicate(b"\n")


def test_a_process_that_is_higher_already_is_left_alone(monkeypatch):
    monkeypatch.setattr(os, "getpriority", lambda which, pid: -15)
    monkeypatch.setattr(os, "setpriority", lambda *_: (_ for _ in ()).throw(AssertionError))
    assert priority.raise_priority(priority.SERVER_NICE)


def test_no_right_and_no_such_process_are_no_error(monkeypatch):
    def forbidden(*_):
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", forbidden)
    monkeypatch.setattr(os, "getpriority", lambda which, pid: 0)
    assert not priority.raise_priority(priority.SERVER_NICE)
    monkeypatch.undo()
    assert not priority.raise_priority(priority.SERVER_NICE, 2**22 + 1)

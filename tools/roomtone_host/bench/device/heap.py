"""Python heap that importing a package's modules takes: heap.py MODULE ..."""
# MIT License; see LICENSE

import gc
import sys


def used():
    gc.collect()
    return gc.mem_alloc()


before = used()
for name in sys.argv[1:]:
    __import__(name)
print("=", "heap", used() - before)

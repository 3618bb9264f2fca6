"""Before anything else: the heap is set up for long runs and the library path is found."""
# MIT License; see LICENSE

import gc
import sys

# On a chip the packages lie in /lib, which is on the path; a board's own files lie beside main.
if "lib" not in sys.path:
    sys.path.append("lib")
gc.collect()

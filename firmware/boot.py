"""Before anything else: a switch that power interrupted, safe mode, an update on trial."""
# MIT License; see LICENSE

import gc
import sys

import switch

# Files that power kept from their places are put there before anything else is imported.
switch.finish()

import safemode  # noqa: E402
import trial  # noqa: E402

# On a chip the packages lie in /lib, which is on the path; a board's own files lie beside main.
if "lib" not in sys.path:
    sys.path.append("lib")
if not safemode.look():
    trial.begin()
gc.collect()

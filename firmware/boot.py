"""Before anything else: a switch that power interrupted, safe mode, an update on trial."""
# MIT License; see LICENSE

import gc
import sys

import switch

# Files that power kept from their places are put there before anything else is imported.
switch.finish()

import safemode  # noqa: E402
import trial  # noqa: E402

# Before what is frozen into an image of one's own, or no update would ever reach its packages.
if "lib" not in sys.path:
    sys.path.insert(sys.path.index(".frozen") if ".frozen" in sys.path else 0, "lib")
if not safemode.look():
    trial.begin()
gc.collect()

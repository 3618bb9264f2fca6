# MIT License; see LICENSE
# Freezes Roomtone into a firmware image of one's own: the same modules that `roomtone deploy`
# copies, run from flash. ROOMTONE_BOARD names a folder of boards/, ROOMTONE_WITHOUT a library to
# leave out, ROOMTONE_PORT another manifest than the ESP32 port's; docs/custom-firmware.md has the
# commands.
import os

# What the port's stock image holds: asyncio, networking, NeoPixel, WebREPL.
include(os.environ.get("ROOMTONE_PORT", "$(PORT_DIR)/boards/manifest.py"))

for name in ("webrtc", "audio", "roomtone", "opus"):
    if name == os.environ.get("ROOMTONE_WITHOUT"):
        continue
    files = []
    for folder, _, names in os.walk("../lib/" + name):
        inner = os.path.relpath(folder, "../lib/" + name)
        files += [os.path.normpath(os.path.join(inner, one)) for one in names]
    files = sorted(one for one in files if one.endswith(".py") and one != "manifest.py")
    if os.path.exists("../lib/" + name + "/manifest.py"):
        package(name, files, base_path="../lib")

for name in sorted(os.listdir(".")):
    if name.endswith(".py") and name != "manifest.py":
        module(name)

board = "../boards/" + os.environ.get("ROOMTONE_BOARD", "esp32s3_devkitc")
for name in sorted(os.listdir(board)):
    if name.endswith(".py"):
        module(name, base_path=board)

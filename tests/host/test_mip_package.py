"""A library that is installed with mip brings all of its files, and what it installs imports."""
# MIT License; see LICENSE

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path.parent.name for path in (ROOT / "lib").glob("*/package.json"))


def listed(name: str) -> dict[str, str]:
    return dict(json.loads((ROOT / "lib" / name / "package.json").read_text())["urls"])


@pytest.mark.parametrize("name", PACKAGES)
def test_every_module_is_listed_and_exists(name):
    folder = ROOT / "lib" / name
    modules = {str(path.relative_to(folder)) for path in folder.rglob("*.py")} - {"manifest.py"}
    assert listed(name) == {f"{name}/{module}": module for module in modules}


ALONE = {
    "webrtc": "import webrtc, webrtc.driver, webrtc.whip; print(webrtc.__version__)",
    # A second of what it encodes, and a SILK frame for the half that comes late.
    "opus": """
from array import array
from opus.decoder import Decoder
from opus.encoder import Encoder
encoder, decoder = Encoder(16000), Decoder(16000)
pcm, packet = array("h", range(320)), bytearray(100)
for _ in range(50):
    decoder.decode_into(packet, pcm, encoder.encode_into(pcm, packet))
print(decoder.final_range == encoder.final_range, decoder.decode_into(b"\x48" + bytes(40), pcm))
""",
}


@pytest.mark.parametrize("name", ALONE)
def test_it_runs_alone(name, tmp_path):
    for target, source in listed(name).items():
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "lib" / name / source, tmp_path / target)
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "micropython", "-c", ALONE[name]],
        env={**os.environ, "MICROPYPATH": f"{tmp_path}:.frozen"},
        capture_output=True,
        timeout=30,
        check=True,
        text=True,
    )
    manifest = (ROOT / "lib" / name / "manifest.py").read_text()
    version = json.loads((ROOT / "lib" / name / "package.json").read_text())["version"]
    assert done.stdout.strip() == (version if name == "webrtc" else "True 320")
    assert f'version="{version}"' in manifest

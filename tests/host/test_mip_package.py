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


def test_webrtc_runs_alone(tmp_path):
    for target, source in listed("webrtc").items():
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "lib" / "webrtc" / source, tmp_path / target)
    script = "import webrtc, webrtc.driver, webrtc.whip; print(webrtc.__version__)"
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "micropython", "-c", script],
        env={**os.environ, "MICROPYPATH": f"{tmp_path}:.frozen"},
        capture_output=True,
        timeout=30,
        check=True,
        text=True,
    )
    manifest = (ROOT / "lib" / "webrtc" / "manifest.py").read_text()
    version = json.loads((ROOT / "lib" / "webrtc" / "package.json").read_text())["version"]
    assert done.stdout.strip() == version
    assert f'version="{version}"' in manifest

#!/bin/sh
# venv.sh FOLDER [EXTRAS]: a virtual environment with the `roomtone` command, as pyproject.toml
# pins it, and with the extras that it names there, such as dev or demo,lint.
# MIT License; see LICENSE
set -eu
folder=$1
extras=${2:-}

if [ ! -x "$folder/bin/python" ]; then
    for python in python3.11 python3.12 python3.13 python3; do
        if "$python" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$python" -m venv "$folder"
            break
        fi
    done
fi
if [ ! -x "$folder/bin/python" ]; then
    echo "Python 3.11 or newer with venv is missing; on Debian run: apt-get install python3-venv" >&2
    exit 1
fi
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --editable ".${extras:+[$extras]}"

#!/bin/sh
# packages.sh run|test: install the Debian packages of the demo or of the tests, if any is missing.
# MIT License; see LICENSE
set -eu

# chromium: the third participant of the demo, and the page's tests.
packages="chromium"
if [ "${1:-run}" = test ]; then
    # python3-dev: one package of the tests is compiled.
    packages="$packages firefox-esr openssl python3-dev"
    # Speech for the streams of Opus.
    packages="$packages espeak-ng sox"
    # The emulated chip and the 32-bit Unix build.
    packages="$packages qemu-system-misc gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf"
    packages="$packages build-essential dpkg-dev gcc-multilib libffi-dev pkgconf"
fi

if ! command -v dpkg-query >/dev/null; then
    echo "This is not Debian: install what the Debian packages $packages hold, then run make again." >&2
    # Tests that need one of them fail by its name; the rest can run.
    exit 0
fi

missing=""
for package in $packages; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
    echo "Debian packages are missing; run: sudo apt-get install$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
# shellcheck disable=SC2086  # a list of words
apt-get -qq install -y --no-install-recommends $missing </dev/null

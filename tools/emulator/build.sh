#!/bin/sh
# build.sh FOLDER MPY_CROSS: two MicroPythons out of Debian's source packages:
#   FOLDER/firmware-rv32.elf   for an emulated 32-bit RISC-V core that counts its instructions
#   FOLDER/micropython32       the Unix port, 32 bits wide
# MIT License; see LICENSE
set -eu
folder=$(mkdir -p "$1" && cd "$1" && pwd)
mpy_cross=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
here=$(cd "$(dirname "$0")" && pwd)
# Debian's stable release after bookworm: MicroPython 1.25, the oldest that Roomtone supports.
suite=trixie

if ! command -v apt-get >/dev/null; then
    echo "The emulated chip is built from Debian's source packages; apt-get is missing here." >&2
    exit 1
fi

# Fetch with a configuration of our own: the machine's sources stay as they are, and the mirror
# is the one that they name.
fetch() {
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' |
        grep -v security | head -n 1)
    mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial"
    # The archive's key for this suite came with the one for bookworm.
    echo "deb-src $mirror $suite main" >"$folder/apt/sources.list"
    cat >"$folder/apt/apt.conf" <<END
Dir::Etc::SourceList "$folder/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$folder/apt/lists";
Dir::Cache "$folder/apt/cache";
Acquire::Languages "none";
APT::Sandbox::User "root";
END
    (
        cd "$folder/apt"
        APT_CONFIG=$folder/apt/apt.conf
        export APT_CONFIG
        apt-get -qq update
        apt-get -qq source --download-only micropython mbedtls
    )
    for package in micropython mbedtls; do
        rm -rf "${folder:?}/$package"
        dpkg-source --no-check --no-copy -x "$folder/apt/${package}"_*.dsc "$folder/$package" >/dev/null
    done
}

# make, with its words kept for the case that it fails.
compile() {
    log=$folder/$1.log
    shift
    if ! make -j2 "$@" FROZEN_MANIFEST="$folder/manifest.py" MICROPY_MPYCROSS="$mpy_cross" \
        MICROPY_MPYCROSS_DEPENDENCY="$mpy_cross" USER_C_MODULES="$here/modules" \
        MBEDTLS="$folder/mbedtls" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        echo "The build failed; all of its words are in $log" >&2
        exit 1
    fi
}

[ -d "$folder/micropython" ] && [ -d "$folder/mbedtls" ] || fetch
# Not the port's manifest, which needs micropython-lib.
echo "include('$folder/micropython/extmod/asyncio')" >"$folder/manifest.py"

# -misa-spec: bookworm's compiler has libraries for the names of the older specification only.
compile rv32 -C "$folder/micropython/ports/qemu" BOARD=VIRT_RV32 BUILD="$folder/rv32" \
    RV32_ARCH="rv32imac -misa-spec=2.2" COPT="-O2 -DNDEBUG" MICROPY_HEAP_SIZE=1572864 \
    CFLAGS_EXTRA="-DMP_CONFIGFILE='\"$here/mpconfigchip.h\"' -Wno-error"
cp "$folder/rv32/firmware.elf" "$folder/firmware-rv32.elf"

compile unix32 -C "$folder/micropython/ports/unix" VARIANT=standard BUILD="$folder/unix32" \
    MICROPY_FORCE_32BIT=1 CC="gcc -m32" MICROPY_PY_FFI=0 MICROPY_PY_BTREE=0 \
    MICROPY_PY_SSL=0 MICROPY_SSL_MBEDTLS=0 \
    CFLAGS_EXTRA="-DMP_CONFIGFILE='\"$here/mpconfigunix32.h\"'"
cp "$folder/unix32/micropython" "$folder/micropython32"

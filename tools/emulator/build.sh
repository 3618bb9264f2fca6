#!/bin/sh
# build.sh FOLDER MPY_CROSS [frozen]: MicroPythons and libopus out of Debian's source packages:
#   FOLDER/firmware-rv32.elf   for an emulated 32-bit RISC-V core that counts its instructions
#   FOLDER/micropython32       the Unix port, 32 bits wide
#   FOLDER/micropython32-frozen   the same with this tree frozen in, made anew when asked for it
#   FOLDER/libopus-fixed.so    libopus in fixed point, whose output lib/opus is compared with
#   FOLDER/libopus-rv32.elf    and on the emulated core, where it is counted beside lib/opus
#   FOLDER/opus_compare        by the measure of RFC 6716 section 6, when not bit by bit
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

# Fetch source packages with a configuration of our own: the machine's sources stay as they are,
# and the mirror is the one that they name.
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
        apt-get -qq source --download-only "$@"
    )
    for package in "$@"; do
        rm -rf "${folder:?}/$package"
        dpkg-source --no-check --no-copy -x "$folder/apt/${package}"_*.dsc "$folder/$package" >/dev/null
    done
}

# make, with its words kept for the case that it fails.
compile() {
    log=$folder/$1.log
    shift
    if ! make -j2 "$@" FROZEN_MANIFEST="$manifest" MICROPY_MPYCROSS="$mpy_cross" \
        MICROPY_MPYCROSS_DEPENDENCY="$mpy_cross" USER_C_MODULES="$here/modules" \
        MBEDTLS="$folder/mbedtls" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        echo "The build failed; all of its words are in $log" >&2
        exit 1
    fi
}

[ -d "$folder/micropython" ] && [ -d "$folder/mbedtls" ] || fetch micropython mbedtls
[ -d "$folder/opus" ] || fetch opus
# Not the port's manifest, which needs micropython-lib.
manifest=$folder/manifest.py
echo "include('$folder/micropython/extmod/asyncio')" >"$manifest"

# -misa-spec: bookworm's compiler has libraries for the names of the older specification only.
compile rv32 -C "$folder/micropython/ports/qemu" BOARD=VIRT_RV32 BUILD="$folder/rv32" \
    RV32_ARCH="rv32imac -misa-spec=2.2" COPT="-O2 -DNDEBUG" MICROPY_HEAP_SIZE=1572864 \
    CFLAGS_EXTRA="-DMP_CONFIGFILE='\"$here/mpconfigchip.h\"' -Wno-error"
cp "$folder/rv32/firmware.elf" "$folder/firmware-rv32.elf"

compile_unix32() {
    build=$folder/$1
    compile "$@" -C "$folder/micropython/ports/unix" VARIANT=standard BUILD="$build" \
        MICROPY_FORCE_32BIT=1 CC="gcc -m32" MICROPY_PY_FFI=0 MICROPY_PY_BTREE=0 \
        MICROPY_PY_SSL=0 MICROPY_SSL_MBEDTLS=0 \
        CFLAGS_EXTRA="-DMP_CONFIGFILE='\"$here/mpconfigunix32.h\"'"
}

if [ "${3:-}" = frozen ]; then
    export ROOMTONE_PORT="$manifest" ROOMTONE_BOARD=sim ROOMTONE_WITHOUT=opus
    manifest=$here/../../firmware/manifest.py
    compile_unix32 frozen32 MPY_CROSS_FLAGS=-march=x86
    cp "$folder/frozen32/micropython" "$folder/micropython32-frozen"
    exit
fi
compile_unix32 unix32
cp "$folder/unix32/micropython" "$folder/micropython32"

# compile_opus OBJECTS COMPILER: the plain C of the library, as RFC 6716 has it, without its
# configure, into the folder OBJECTS.
compile_opus() {
    rm -rf "$1"
    mkdir "$1"
    cd "$folder/opus"
    find celt silk src -maxdepth 1 -name '*.c' ! -name '*demo*' ! -name '*compare*' \
        ! -name '*multistream*' ! -name '*projection*' ! -name 'mapping_matrix.c' \
        ! -name 'mlp_train*' >"$1/files"
    ls silk/fixed/*.c >>"$1/files"
    # shellcheck disable=SC2016
    compiler=$2 xargs -P 2 -n 1 sh -c 'exec $compiler -c -O2 -w -DOPUS_BUILD -DFIXED_POINT \
        -DVAR_ARRAYS -DHAVE_LRINT -DHAVE_LRINTF -I. -Iinclude -Icelt -Isilk -Isilk/fixed -Isrc \
        "$1" -o "$0/$(echo "$1" | tr / _).o"' "$1" <"$1/files"
}

compile_fixed() {
    compile_opus "$folder/opus-fixed" "gcc -fPIC"
    gcc -shared -o "$folder/libopus-fixed.so" "$folder"/opus-fixed/*.o -lm
}

# Files and output go by semihosting; QEMU's virt board has its memory at 0x80000000.
compile_rv32() {
    compiler="riscv64-unknown-elf-gcc --specs=picolibc.specs -march=rv32imac -mabi=ilp32 \
        -misa-spec=2.2 -ffunction-sections -DDISABLE_FLOAT_API"
    compile_opus "$folder/opus-rv32" "$compiler"
    # shellcheck disable=SC2086
    $compiler -O2 -Iinclude -Isrc -Icelt -Isilk --oslib=semihost --crt0=hosted -Wl,--gc-sections \
        -Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=0x400000 \
        -Wl,--defsym=__ram=0x80400000,--defsym=__ram_size=0x2000000 \
        -Wl,--defsym=__stack_size=0x100000 -o "$folder/libopus-rv32.elf" \
        "$here/libopus.c" "$folder"/opus-rv32/*.o -lm
}

[ -f "$folder/libopus-fixed.so" ] || (compile_fixed)
[ "$folder/libopus-rv32.elf" -nt "$here/libopus.c" ] || (compile_rv32)
[ -f "$folder/opus_compare" ] ||
    gcc -O2 -w -o "$folder/opus_compare" "$folder/opus/src/opus_compare.c" -lm

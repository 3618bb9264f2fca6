// Module `chip`: count instructions, read the host's files, end the emulator.
// MIT License; see LICENSE

#include <string.h>

#include "py/mperrno.h"
#include "py/mphal.h"
#include "py/runtime.h"

#define CLOCK_MHZ (160)

// Semihosting operations (RISC-V semihosting, as in Arm's specification).
#define SYS_OPEN (0x01)
#define SYS_CLOSE (0x02)
#define SYS_READ (0x06)
#define SYS_FLEN (0x0c)
#define SYS_EXIT_EXTENDED (0x20)
#define OPEN_RB (1)
#define APPLICATION_EXIT (0x20026)

static uint64_t retired(void) {
    uint32_t high, low, again;
    do {
        __asm volatile ("csrr %0, minstreth\n csrr %1, minstret\n csrr %2, minstreth"
            : "=r" (high), "=r" (low), "=r" (again));
    } while (high != again);
    return ((uint64_t)high << 32) | low;
}

uint32_t chip_ticks_us(void) {
    return retired() / CLOCK_MHZ;
}

uint32_t chip_ticks_ms(void) {
    return retired() / (CLOCK_MHZ * 1000);
}

uint32_t chip_ticks_cpu(void) {
    return (uint32_t)retired();
}

uint64_t mp_hal_time_ns(void) {
    return retired() * 1000 / CLOCK_MHZ;
}

void chip_delay_us(uint32_t us) {
    uint32_t start = chip_ticks_us();
    while (chip_ticks_us() - start < us) {
        mp_handle_pending(true);
    }
}

// The same bytes in every run, so that counts can be compared: for tests only.
void mp_hal_get_random(size_t count, uint8_t *out) {
    static uint32_t state = 0x9e3779b9;
    while (count--) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *out++ = state >> 8;
    }
}

// The three instructions are the call's signature: never compressed, never apart.
static __attribute__((noinline, aligned(16))) int semihost(int operation, const void *block) {
    register int a0 __asm ("a0") = operation;
    register const void *a1 __asm ("a1") = block;
    __asm volatile (
        ".option push\n"
        ".option norvc\n"
        ".balign 16\n"
        "slli x0, x0, 0x1f\n"
        "ebreak\n"
        "srai x0, x0, 7\n"
        ".option pop\n"
        : "+r" (a0) : "r" (a1) : "memory");
    return a0;
}

static int host_open(const char *path) {
    uintptr_t block[3] = { (uintptr_t)path, OPEN_RB, strlen(path) };
    return semihost(SYS_OPEN, block);
}

static void host_close(int file) {
    uintptr_t block[1] = { file };
    semihost(SYS_CLOSE, block);
}

// instructions() -> how many were executed, modulo 2**30 (a small int).
static mp_obj_t chip_instructions(void) {
    return MP_OBJ_NEW_SMALL_INT(chip_ticks_cpu() & 0x3fffffff);
}
static MP_DEFINE_CONST_FUN_OBJ_0(chip_instructions_obj, chip_instructions);

// exists(path) -> whether the host has it.
static mp_obj_t chip_exists(mp_obj_t path) {
    int file = host_open(mp_obj_str_get_str(path));
    if (file < 0) {
        return mp_const_false;
    }
    host_close(file);
    return mp_const_true;
}
static MP_DEFINE_CONST_FUN_OBJ_1(chip_exists_obj, chip_exists);

// read(path) -> the bytes of a file of the host; OSError when there is none.
static mp_obj_t chip_read(mp_obj_t path) {
    int file = host_open(mp_obj_str_get_str(path));
    if (file < 0) {
        mp_raise_OSError(MP_ENOENT);
    }
    uintptr_t length_block[1] = { file };
    int length = semihost(SYS_FLEN, length_block);
    vstr_t data;
    vstr_init_len(&data, length);
    uintptr_t read_block[3] = { file, (uintptr_t)data.buf, length };
    int left = semihost(SYS_READ, read_block);
    host_close(file);
    if (left != 0) {
        mp_raise_OSError(MP_EIO);
    }
    return mp_obj_new_bytes_from_vstr(&data);
}
static MP_DEFINE_CONST_FUN_OBJ_1(chip_read_obj, chip_read);

// exit(code): ends the emulator with that exit code.
static mp_obj_t chip_exit(mp_obj_t code) {
    uintptr_t block[2] = { APPLICATION_EXIT, mp_obj_get_int(code) };
    semihost(SYS_EXIT_EXTENDED, block);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(chip_exit_obj, chip_exit);

static const mp_rom_map_elem_t chip_globals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_chip) },
    { MP_ROM_QSTR(MP_QSTR_instructions), MP_ROM_PTR(&chip_instructions_obj) },
    { MP_ROM_QSTR(MP_QSTR_exists), MP_ROM_PTR(&chip_exists_obj) },
    { MP_ROM_QSTR(MP_QSTR_read), MP_ROM_PTR(&chip_read_obj) },
    { MP_ROM_QSTR(MP_QSTR_exit), MP_ROM_PTR(&chip_exit_obj) },
};
static MP_DEFINE_CONST_DICT(chip_globals, chip_globals_table);

const mp_obj_module_t chip_module = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&chip_globals,
};
MP_REGISTER_MODULE(MP_QSTR_chip, chip_module);

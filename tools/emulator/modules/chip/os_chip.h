// os.urandom of the emulated board; MicroPython's modos.c includes this.
// MIT License; see LICENSE

#include "py/runtime.h"

static mp_obj_t mp_os_urandom(mp_obj_t count) {
    vstr_t data;
    vstr_init_len(&data, mp_obj_get_int(count));
    mp_hal_get_random(data.len, (uint8_t *)data.buf);
    return mp_obj_new_bytes_from_vstr(&data);
}
static MP_DEFINE_CONST_FUN_OBJ_1(mp_os_urandom_obj, mp_os_urandom);

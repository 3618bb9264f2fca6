// The emulated board as an ESP32 is configured: what its port offers to lib/, and no more.
// MIT License; see LICENSE

#include "mpconfigport.h"

#undef MICROPY_PY_TIME
#undef MICROPY_PY_ASYNCIO
#undef MICROPY_PY_SELECT
#undef MICROPY_PY_SYS_STDIO_BUFFER
#undef MICROPY_OPT_COMPUTED_GOTO
#define MICROPY_PY_TIME (1)
#define MICROPY_PY_ASYNCIO (1)
#define MICROPY_PY_SELECT (1)
#define MICROPY_PY_SELECT_POSIX_OPTIMISATIONS (0)
#define MICROPY_PY_SYS_STDIO_BUFFER (1)
#define MICROPY_PY_OS_URANDOM (1)
#define MICROPY_PY_OS_INCLUDEFILE "os_chip.h"
#define MICROPY_PY_RANDOM (1)
#define MICROPY_PY_HASHLIB (1)
#define MICROPY_PY_HASHLIB_MD5 (1)
#define MICROPY_PY_HASHLIB_SHA1 (1)
#define MICROPY_PY_HASHLIB_SHA256 (1)
// ECB and CBC only, without names for them.
#define MICROPY_PY_CRYPTOLIB (1)
#define MICROPY_ENABLE_SCHEDULER (1)
#define MICROPY_OPT_COMPUTED_GOTO (1)

// Time is counted in instructions: one each cycle, at the clock of an ESP32-C3.
#include <stddef.h>
#include <stdint.h>
uint32_t chip_ticks_ms(void);
uint32_t chip_ticks_us(void);
uint32_t chip_ticks_cpu(void);
void chip_delay_us(uint32_t us);
void mp_hal_get_random(size_t count, uint8_t *out);
#define mp_hal_ticks_ms chip_ticks_ms
#define mp_hal_ticks_us chip_ticks_us
#define mp_hal_ticks_cpu chip_ticks_cpu
#define mp_hal_delay_us chip_delay_us
#define mp_hal_delay_ms(ms) chip_delay_us((ms) * 1000)

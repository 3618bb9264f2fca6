// The 32-bit Unix build: as its port has it, with an ESP32's limits where they shape the code.
// MIT License; see LICENSE

#include "mpconfigport.h"

// Each nested import keeps a path of this size on the stack.
#undef MICROPY_ALLOC_PATH_MAX
#define MICROPY_ALLOC_PATH_MAX (256)

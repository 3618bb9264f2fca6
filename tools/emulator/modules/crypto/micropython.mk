# hashlib and cryptolib get their arithmetic from mbedtls, as on an ESP32; MBEDTLS is its source.
CRYPTO_DIR := $(USERMOD_DIR)
SRC_USERMOD_C += $(addprefix $(CRYPTO_DIR)/mbedtls_,aes.c constant_time.c md5.c platform_util.c \
    sha1.c sha256.c)
CFLAGS_USERMOD += -I$(CRYPTO_DIR) -I$(MBEDTLS)/include -I$(MBEDTLS)/library -Wno-error
CFLAGS_USERMOD += -DMICROPY_SSL_MBEDTLS=1 -DMBEDTLS_CONFIG_FILE='"mbedtls_config_chip.h"'
# The emulated board says so in its configuration.
ifneq ($(BOARD),VIRT_RV32)
CFLAGS_USERMOD += -DMICROPY_PY_CRYPTOLIB=1 -DMICROPY_PY_HASHLIB_MD5=1 -DMICROPY_PY_HASHLIB_SHA1=1
endif

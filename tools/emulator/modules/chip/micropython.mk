# The module `chip` exists on the emulated board only.
ifeq ($(BOARD),VIRT_RV32)
SRC_USERMOD_C += $(USERMOD_DIR)/chip.c
CFLAGS_USERMOD += -I$(USERMOD_DIR)
endif

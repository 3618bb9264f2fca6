// mbedtls's own file, from the folder that MBEDTLS names.
#include <aes.c>

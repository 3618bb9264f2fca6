// mbedtls's own file, from the folder that MBEDTLS names.
#include <sha256.c>

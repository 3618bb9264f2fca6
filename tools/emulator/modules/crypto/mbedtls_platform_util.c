// mbedtls's own file, from the folder that MBEDTLS names.
#include <platform_util.c>

// mbedtls's own file, from the folder that MBEDTLS names.
#include <constant_time.c>

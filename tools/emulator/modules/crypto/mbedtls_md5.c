// mbedtls's own file, from the folder that MBEDTLS names.
#include <md5.c>

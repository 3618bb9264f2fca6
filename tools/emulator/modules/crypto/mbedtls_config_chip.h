// The part of mbedtls that hashlib and cryptolib need.
// MIT License; see LICENSE

#define MBEDTLS_AES_C
#define MBEDTLS_AES_FEWER_TABLES
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_CIPHER_MODE_CBC
#define MBEDTLS_MD5_C
#define MBEDTLS_NO_PLATFORM_ENTROPY
#define MBEDTLS_SHA1_C
#define MBEDTLS_SHA256_C

metadata(
    description="Opus (RFC 6716): decoder of every mode, CELT encoder, arithmetic in viper",
    version="0.1.0",
    license="MIT",
)

package("opus", base_path="..")

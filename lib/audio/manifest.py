metadata(
    description="Audio for calls: G.711, resampling, level, gain, mixing, adaptive jitter buffer",
    version="0.1.0",
    license="MIT",
)

package("audio", base_path="..")

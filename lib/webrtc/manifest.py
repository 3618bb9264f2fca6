metadata(
    description="WebRTC audio: ICE, DTLS 1.2, SRTP, RTP and SDP on stock firmware",
    version="0.1.0",
    license="MIT",
)

package("webrtc", base_path="..")

metadata(
    description="Rooms for boards: join, publish, subscribe, who is there, messages",
    version="0.1.0",
    license="MIT",
)

for name in ("webrtc", "audio", "roomtone"):
    package(name, base_path="..")

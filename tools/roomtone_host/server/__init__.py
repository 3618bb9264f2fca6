"""The room server: rooms, signaling, and the embedded media engine, in one process."""
# MIT License; see LICENSE

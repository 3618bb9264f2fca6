"""The boards of `boards/`: what their board.json says, checked, drawn, listed and generated."""
# MIT License; see LICENSE

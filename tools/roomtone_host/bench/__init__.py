"""What the device's code costs: instructions, bytes, heap and delays, as a table and as JSON."""
# MIT License; see LICENSE

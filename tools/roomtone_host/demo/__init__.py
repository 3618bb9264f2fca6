"""A room with real speech in it: two virtual boards, a browser, and a report of who heard whom."""
# MIT License; see LICENSE

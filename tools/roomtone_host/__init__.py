"""Roomtone for the host: room server, web page, virtual boards, benches."""

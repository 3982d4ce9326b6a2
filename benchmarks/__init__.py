"""Benchmarks: each prints its figures and the machine; none of them is a test."""

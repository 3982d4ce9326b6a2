"""Tests of deals that leave the forecast."""

"""Matching over HTTP: find before you write, scored and explained."""

"""Counts and ratios, run by hand. See README.md beside this file."""

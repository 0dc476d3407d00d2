"""The checks, a module for each family: `CHECKS`, and `check`, which finds."""

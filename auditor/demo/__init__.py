"""The emulated account of `scan --demo`."""

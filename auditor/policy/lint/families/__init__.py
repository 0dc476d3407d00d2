"""The checks, by what they are about: a module has `CHECKS` and `check`."""

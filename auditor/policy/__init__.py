"""The IAM policy engine: no I/O."""

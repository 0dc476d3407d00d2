"""The policy linter: checks on one document at a time. No I/O."""

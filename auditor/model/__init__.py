"""The typed model of an AWS account: frozen structs, no I/O."""

"""Rules about IAM and the root user."""

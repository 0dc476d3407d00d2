"""The S3 lifecycle linter: what rules do, proved. Pure."""

"""Where results go: a folder today; S3, notifications and Security Hub later."""

"""The rules: one file each, and the path is the id. In the wheel this folder is `auditor.rules`."""

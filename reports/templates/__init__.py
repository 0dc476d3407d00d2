"""The Jinja templates of all reports; in the wheel this folder is `auditor.templates`."""

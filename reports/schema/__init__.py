"""The JSON Schemas of what awsaudit writes and reads. They are generated: ``make docs``."""

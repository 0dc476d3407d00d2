"""awsaudit: snapshot an AWS account, judge it with small rules, report.

Importing this package does nothing else. ``__version__`` is the one home of the version number.
"""

__version__ = "0.1.0"

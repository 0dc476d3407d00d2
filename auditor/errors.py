"""The exception tree.

::

    AwsauditError
    ├── UsageError            what was asked for cannot be done as asked (exit 2)
    │   ├── ConfigError       awsaudit.toml
    │   ├── UnknownRule       a rule id that does not exist
    │   ├── UnknownFramework  a framework id that does not exist
    │   ├── RuleFileError     a rule file that breaks the contract
    │   ├── PriceFileError    a file of prices that cannot be used
    │   ├── InventoryError    a report of S3 Inventory or S3 Storage Lens that cannot be used
    │   └── OutputError       a file or folder that cannot be written
    ├── SnapshotError         a snapshot file cannot be used (exit 2)
    │   ├── SnapshotDamaged
    │   └── SnapshotNewer
    └── ConnectError          AWS cannot be reached or refuses who we are (exit 3)

Messages say what happened, to ``what``, and what to do next: lower case, input in backticks, no type names.
"""

from __future__ import annotations


class AwsauditError(Exception):
    """Anything that a user can be told in one line. ``exit_code`` is what the command ends with."""

    exit_code = 2


class UsageError(AwsauditError):
    """What was asked for cannot be done as asked."""


class ConfigError(UsageError):
    """The configuration file cannot be used."""


class UnknownRule(UsageError):
    """There is no rule of that id."""


class UnknownFramework(UsageError):
    """There is no framework of that id."""


class RuleFileError(UsageError):
    """A rule file breaks the contract."""


class PriceFileError(UsageError):
    """A file of prices cannot be used."""


class InventoryError(UsageError):
    """A report of S3 Inventory or S3 Storage Lens cannot be used."""


class OutputError(UsageError):
    """A file or folder cannot be written."""


class SnapshotError(AwsauditError):
    """A snapshot file cannot be used."""


class SnapshotDamaged(SnapshotError):
    """The file's contents do not match what its trailer says."""


class SnapshotNewer(SnapshotError):
    """The file has a format that this version does not know."""


class ConnectError(AwsauditError):
    """AWS cannot be reached, or there are no usable credentials."""

    exit_code = 3

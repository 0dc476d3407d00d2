"""The gettext catalogues of all reports; in the wheel this folder is `auditor.locale`."""

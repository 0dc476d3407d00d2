"""What the linter says of policies that we did not write, beside what two other linters say of them.

Run by hand, for it needs the other two, each in an environment of its own: see :mod:`tests.differential.run`.
"""

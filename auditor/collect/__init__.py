"""Reading an account: the one door to AWS, the plan, and one module of collectors per service."""

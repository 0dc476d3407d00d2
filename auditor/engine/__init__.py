"""Judging: the rule API's machinery, the registry, the evaluator, waivers and snapshot files."""

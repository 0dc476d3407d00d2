"""What AWS's documents say will happen, as rows: the measure of the simulator and of the engine alike."""

from __future__ import annotations

from tests.lifecycle import documented_classes, documented_examples, documented_overlaps, documented_rules

ROWS = documented_examples.ROWS + documented_overlaps.ROWS + documented_rules.ROWS + documented_classes.ROWS

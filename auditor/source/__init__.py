"""Text with places: JSON and YAML as data, and where each part of them stands. Pure."""

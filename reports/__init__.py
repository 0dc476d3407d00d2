"""Reports: templates live below."""

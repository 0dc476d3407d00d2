"""Reports: one view model, one module per output format."""

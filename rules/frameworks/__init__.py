"""Framework catalogues: one TOML file each."""

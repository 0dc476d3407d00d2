"""The price book: what AWS asks for things, where the figure is from, and how old it is."""

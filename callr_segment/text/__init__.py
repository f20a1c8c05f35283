"""One message: standard library and the core only."""

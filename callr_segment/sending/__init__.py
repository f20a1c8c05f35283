"""The optional adapter: sends with the Callr API, remembers what it sent, holds the bill against it."""

"""``python -m callr_segment.sending.fake`` runs a fake Callr until it is told to end."""

from callr_segment.sending.fake.server import main

main()

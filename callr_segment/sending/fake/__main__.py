"""``python -m callr_segment.sending.fake`` runs a fake Callr until its input ends."""

from callr_segment.sending.fake.server import main

main()

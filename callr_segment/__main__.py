"""``python -m callr_segment``, the command line."""

from callr_segment.cli import main

if __name__ == "__main__":
    main()

"""Many messages: NumPy, pandas and pyarrow."""

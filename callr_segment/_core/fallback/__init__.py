"""The core in plain Python: for where nothing can be compiled, and what native code is compared with."""

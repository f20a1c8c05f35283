"""Tables: what the scripts of this project write from other people's data, or what is kept by hand as one.

Out: numbering plans of regions, top-level domains, names of countries, and what stands in for a character
that GSM lacks. They use nothing.
"""

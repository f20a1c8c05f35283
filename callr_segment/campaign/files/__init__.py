"""The disk: tables of recipients and prices in, rows and pages out.

In: a path to CSV, Parquet, Excel or JSON. Out: Arrow columns of texts; and files that are written whole or
not at all. It uses ``columns``.
"""

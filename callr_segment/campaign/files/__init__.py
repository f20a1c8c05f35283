"""The disk: tables of recipients and prices in, rows and pages out.

In: a path, standard input or an open file of CSV, Excel, Parquet or JSON. Out: Arrow columns of texts, or
rows of cells; and files that are written whole or not at all. It uses ``columns``.
"""

"""Columns of any frame, in any library, as Arrow columns.

In: a frame, or one column. Out: texts, codes into distinct values, options read cell by cell, hashes. It
knows nothing of numbers, templates or prices, and uses no other room.
"""

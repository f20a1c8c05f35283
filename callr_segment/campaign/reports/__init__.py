"""What people look at.

In: a costed campaign and its savings. Out: figures, texts, an HTML page, plots. It uses every room of the
house.
"""

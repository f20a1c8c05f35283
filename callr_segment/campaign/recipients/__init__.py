"""Who a message goes to.

In: columns of numbers, countries and networks. Out: E.164 numbers, and the classes of recipients whose prices
cannot differ. It uses ``columns``.
"""

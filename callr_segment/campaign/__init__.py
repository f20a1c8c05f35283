"""Many messages: what a frame of recipients will cost, why, and how to pay less.

frame -> columns -> recipients + messages -> rates -> costed rows -> Summary -> views

A room may use the rooms named before it, and those of lower floors; what lies directly in this house is its
top, and may use every room.

* ``columns``: any frame of any library -> Arrow columns of texts, codes, hashes and options.
* ``files``: tables in, rows and pages out: the disk.
* ``recipients``: columns -> numbers, countries and networks.
* ``messages``: columns -> templates filled and counted.
* ``rates``: what a part costs: money, rate cards, how price lists are read, what receipts teach.
* ``costing``: a plan, and what the rooms before it read -> costed rows -> ``Summary``.
* ``savings``: a costed campaign -> why it costs that, and how to pay less.
* ``reports``: a costed campaign -> figures, pages and pictures.
"""

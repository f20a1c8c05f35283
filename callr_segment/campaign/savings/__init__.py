"""Why a campaign costs what it does, and how to pay less.

In: a costed campaign. Out: culprits, near misses, what-ifs, rewritten texts, sensitivities. It uses
``costing`` and what ``costing`` uses.
"""

"""What is sent.

In: columns of texts and of the fields of templates. Out: units, parts and problems of each message. It uses
``columns``.
"""

"""SMS texts in the files of a program: what each will cost, before it is merged.

In: files of translations (JSON, PO, YAML, XML, properties, strings, CSV, text). Out: findings, each with a
code, its place in the file, and often a fix. It stands on ``text`` alone: no frame library is loaded.

* ``sources``: a file as a text whose every character has a line and a column.
* ``formats``: sources -> entries: a key, its text, and where each character of it stands.
* ``dialects``: the placeholders of other systems in a text -> fields.
* ``rules``: entries -> findings.
* ``settings``: what to look at, and how: ``[tool.callr-segment.lint]`` of a pyproject.toml.
* ``suppressions``: what is not to be told: comments, and the baseline of an old code base.
* ``fixes``: findings -> files changed.
* ``output``: findings for people, for other programs, for code review.
* ``linter``: the whole of it.
"""

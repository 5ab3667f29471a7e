"""State to plain rows: what the templates are given, in the reader's words.

Fragments for pages and sockets alike come from these functions: `present_row`, `strip`, `branch`, `line`, `tray`,
`details`. None of them knows who looks, what is selected, or what time it is.
"""

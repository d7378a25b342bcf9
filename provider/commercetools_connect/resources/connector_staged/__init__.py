"""The connector draft (API §4.1, §4.2, §5)."""

"""Wire models: what the API says and what it is told, with names in snake_case and values as they are."""

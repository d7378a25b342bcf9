"""Wire models: requests and responses of the API, with member names in snake_case."""

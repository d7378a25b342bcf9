"""A dozen calls to a real project that answer what no source answers about the API: `make acceptance`."""

"""The side tool `commercetools-connect`."""

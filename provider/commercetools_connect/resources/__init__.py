"""Resources: from the declared state to calls of the API, one folder for each kind, and what they share."""

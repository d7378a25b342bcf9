"""What a server, or somebody who plays one, may answer: told in words or tolerated, never more than that."""

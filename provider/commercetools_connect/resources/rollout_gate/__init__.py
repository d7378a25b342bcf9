"""The door between two waves of a rollout: it opens when a wave runs what it should, and is well."""

"""RolloutGate: the condition between two waves of a rollout."""

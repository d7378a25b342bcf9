"""Nothing lost, nothing doubled, no false success: programs on their worst days."""

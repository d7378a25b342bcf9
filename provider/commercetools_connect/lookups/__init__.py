"""Read-only functions, the same in every frontend."""

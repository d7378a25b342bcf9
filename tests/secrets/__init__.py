"""No secret stands anywhere: canaries, and a search that is seen to find them."""

"""Order Download and Order Cancel Download: what the cart says, judged, stored and told."""

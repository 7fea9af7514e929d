"""Orders that a cart's own client pushes: stored by the same verdict as a download's, and canceled by that client."""

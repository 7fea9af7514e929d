"""API Access: a shop's own program pushes its orders to us, each as a document in the shape of CartRover's API."""

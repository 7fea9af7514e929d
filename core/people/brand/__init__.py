"""The organization as others see it: its name, logo and color, its time zone, and who reads replies."""

"""Pages that read several apps."""

"""The endpoints of the API that read several apps."""

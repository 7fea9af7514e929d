"""Amazon Seller Central, through the Selling Partner API."""

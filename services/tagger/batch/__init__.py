"""Many photos asked about at once, for half the price and within a day: OpenAI's Batch API."""

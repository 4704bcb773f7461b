"""What stands between a worker and a provider that costs money: price, budget, pace, breaker."""

"""What must go on when one of several dies: gateways, workers, brokers, databases."""

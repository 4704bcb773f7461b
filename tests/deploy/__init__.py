"""What is deployed is what the code says: images, names, ports, secrets, rights."""

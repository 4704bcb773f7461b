"""What the local text model is told about the words of a photo gallery."""

"""What runs imgcap elsewhere than on this machine alone."""

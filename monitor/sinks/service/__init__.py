"""What the service manager is told: that the sensor is ready, that it lives, and how it goes."""

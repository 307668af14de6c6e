"""Makes a service of the sensor, and takes it away again without a trace. Linux only."""

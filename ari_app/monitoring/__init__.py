"""What monitoring asks of the running application: health, readiness, metrics."""

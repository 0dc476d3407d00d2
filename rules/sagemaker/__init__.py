"""Rules about SageMaker."""

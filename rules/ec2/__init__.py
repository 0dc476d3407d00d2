"""Rules about EC2 and EBS."""

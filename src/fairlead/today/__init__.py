"""What is due today for one person, from every part of Fairlead, and nothing else."""

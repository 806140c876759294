"""Language models: which there are, where their files are, how they are asked. What they say is checked elsewhere."""

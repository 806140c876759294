"""The evaluation harness: gold questions in, a report out."""

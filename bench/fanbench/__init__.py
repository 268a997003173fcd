"""The parts of bench/run and bench/report; the Python standard library and nothing else."""

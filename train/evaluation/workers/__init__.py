"""Scripts that run in other interpreters or processes; they import nothing of colorgan.

Each reads {"processes": n, "jobs": [...], ...} from its standard input and prints one JSON line a job: [index, answer].
"""

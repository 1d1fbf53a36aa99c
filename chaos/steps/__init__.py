"""`script/chaos --every-step`: the loop once for each step that becomes true outside of a process, with a crash there.

A step is a commit in PostgreSQL, a request to a provider, a call of the engine or a file that is written. The product
knows nothing of this: its processes are started with the seams of `seams.py` around the libraries that they use.
"""

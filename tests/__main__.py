"""`python -m tests`: pytest, with its exit status kept.

Python's shutdown with the Temporal SDK loaded can crash after all is done (sdk-python issue 300), which would turn
a good run into a bad exit status. So the process ends here, after the output has been written.
"""

import os
import sys

import pytest

status = pytest.main(sys.argv[1:])
sys.stdout.flush()
sys.stderr.flush()
os._exit(status)

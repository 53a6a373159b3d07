"""`python -m tests.faults.relay [delay]`: a mail relay in a process of its own; prints its port."""

import sys
import time

from tests.faults.sink import Sink

if __name__ == "__main__":
    with Sink(delay=float(sys.argv[1]) if len(sys.argv) > 1 else 0.0, pipelining=True) as sink:
        print(sink.port, flush=True)
        while True:
            time.sleep(60)

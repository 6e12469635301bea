"""Reads pages with trafilatura and prints what that took: read_with_trafilatura.py default|fast FOLDER"""

import json
import logging
import sys
import time
from pathlib import Path

import trafilatura

logging.disable(logging.CRITICAL)
mode, folder = sys.argv[1:]
options = {"fast": True} if mode == "fast" else {}
pages = [file.read_bytes() for file in sorted(Path(folder).iterdir())]
read = 0
seconds, processor = time.perf_counter(), time.process_time()
for page in pages:
    # trafilatura leaves out metadata unless it is asked for it.
    document = trafilatura.bare_extraction(page, with_metadata=True, **options)
    read += document is not None and bool(document.text)
took = {"seconds": time.perf_counter() - seconds, "processor": time.process_time() - processor}
print(json.dumps({**took, "read": read}))

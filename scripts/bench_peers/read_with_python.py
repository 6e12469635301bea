"""Reads PDF files with a Python library and prints what that took: read_with_python.py pypdf|pdfplumber FILE…"""

import json
import logging
import sys
import time

logging.disable(logging.CRITICAL)
library, *files = sys.argv[1:]

if library == "pypdf":
    import pypdf

    def read(file):
        return [page.extract_text() for page in pypdf.PdfReader(file).pages]

else:
    import pdfplumber

    def read(file):
        with pdfplumber.open(file) as document:
            return [page.extract_text() for page in document.pages]


pages = 0
seconds, processor = time.perf_counter(), time.process_time()
for file in files:
    pages += len(read(file))
took = {"seconds": time.perf_counter() - seconds, "processor": time.process_time() - processor}
print(json.dumps({**took, "pages": pages}))

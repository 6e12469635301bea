#![no_main]

use libfuzzer_sys::fuzz_target;
use tamis_fuzz::list;

fuzz_target!(|bytes: &[u8]| list("documents.jsonl", bytes));

#![no_main]

use libfuzzer_sys::fuzz_target;
use tamis_fuzz::list;

// Without an ending, the content says whether it is a zip, a tar, a gzip or a mailbox.
fuzz_target!(|bytes: &[u8]| list("archive", bytes));

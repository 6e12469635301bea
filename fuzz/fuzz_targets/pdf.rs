#![no_main]

use libfuzzer_sys::fuzz_target;
use tamis_fuzz::{let_libraries_panic, read};
use tamis_ingest::MediaType;

// lopdf panics on some damage, and its reader is made to go on from there.
fuzz_target!(init: let_libraries_panic(), |bytes: &[u8]| read(MediaType::Pdf, bytes.to_vec()));

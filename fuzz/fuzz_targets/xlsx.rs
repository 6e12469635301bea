#![no_main]

use libfuzzer_sys::fuzz_target;
use tamis_fuzz::{package, read};
use tamis_ingest::MediaType;

fuzz_target!(|parts: &[u8]| read(MediaType::Xlsx, package(parts)));

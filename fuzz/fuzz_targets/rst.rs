#![no_main]

use libfuzzer_sys::fuzz_target;
use tamis_fuzz::read;
use tamis_ingest::MediaType;

fuzz_target!(|bytes: &[u8]| read(MediaType::Rst, bytes.to_vec()));

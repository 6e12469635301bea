#![no_main]

use libfuzzer_sys::fuzz_target;
use tamis_fuzz::{read, workbook};
use tamis_ingest::MediaType;

fuzz_target!(|records: &[u8]| read(MediaType::Xls, workbook(records)));

//! `tamis openapi`

use std::io::{self, Write};

use anyhow::Result;

use super::Exit;
use crate::http;

pub(super) fn run() -> Result<Exit> {
    writeln!(io::stdout(), "{}", http::openapi().to_pretty_json()?)?;
    Ok(Exit::Done)
}

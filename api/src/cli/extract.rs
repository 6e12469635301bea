//! `tamis extract`

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde::Serialize;
use tamis_ingest::{ByteSpan, DateSource, Document, Notice, plain_text};
use tamis_scoring::{Finding, notice_finding};

use super::check::print_unsupported;
use super::{Exit, Global};
use crate::{assessment, grading};

#[derive(Debug, Args)]
pub(super) struct ExtractArgs {
    /// Folders, documents or JSONL files
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Markdown, plain text, or one JSON object a file
    #[arg(long, value_enum, default_value_t = ExtractFormat::Markdown)]
    format: ExtractFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExtractFormat {
    Markdown,
    Text,
    Jsonl,
}

/// A document as the parsers read it.
#[derive(Debug, Default, Serialize)]
struct Extracted<'a> {
    uri: &'a str,
    media_type: Option<&'static str>,
    title: Option<&'a str>,
    authors: &'a [String],
    language: Option<&'a str>,
    published_at: Option<jiff::Timestamp>,
    modified_at: Option<jiff::Timestamp>,
    modified_at_source: Option<DateSource>,
    text: &'a str,
    pages: &'a [ByteSpan],
    findings: Vec<Finding>,
    error: Option<ExtractError>,
}

#[derive(Debug, Serialize)]
struct ExtractError {
    code: String,
    message: String,
}

pub(super) fn run(global: &Global, args: &ExtractArgs) -> Result<Exit> {
    let config = global.config()?;
    let listing = assessment::list(&args.paths, &config)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut failed = false;
    for location in &listing.documents {
        match grading::fetch(location, &config) {
            Ok((raw, _)) => {
                let document = grading::extracted(&raw, &config);
                failed |= document.unreadable().is_some();
                print(&mut out, &document, args.format)?;
            }
            Err(problem) => {
                failed = true;
                let error = ExtractError { code: problem.code().to_owned(), message: crate::error_chain(&problem) };
                print_error(&mut out, &location.uri, error, args.format)?;
            }
        }
    }
    for failure in listing.failures {
        failed = true;
        let error = ExtractError { code: "unreadable".to_owned(), message: failure.message };
        print_error(&mut out, &failure.uri, error, args.format)?;
    }
    out.flush()?;
    print_unsupported(&listing.unsupported);
    Ok(if failed { Exit::No } else { Exit::Done })
}

/// The error of a document of which nothing could be read.
fn unreadable(notice: &Notice) -> Result<ExtractError> {
    let kind = serde_json::to_value(notice.kind)?;
    Ok(ExtractError { code: kind.as_str().unwrap_or_default().to_owned(), message: notice.detail.clone() })
}

fn print(out: &mut impl Write, document: &Document, format: ExtractFormat) -> Result<()> {
    let error = document.unreadable().map(unreadable).transpose()?;
    match (format, error) {
        (ExtractFormat::Markdown | ExtractFormat::Text, Some(error)) => print_error(out, &document.uri, error, format)?,
        (ExtractFormat::Markdown, None) => writeln!(out, "{}", document.text.trim_end())?,
        (ExtractFormat::Text, None) => writeln!(out, "{}", plain_text(&document.text).trim_end())?,
        (ExtractFormat::Jsonl, error) => {
            let extracted = Extracted {
                uri: &document.uri,
                media_type: Some(document.media_type.name()),
                title: document.title.as_deref(),
                authors: &document.authors,
                language: document.language.as_deref(),
                published_at: document.published_at,
                modified_at: document.modified_at,
                modified_at_source: document.modified_at_source,
                text: &document.text,
                pages: &document.pages,
                findings: document.notices.iter().filter_map(|notice| notice_finding(notice, &document.text)).collect(),
                error,
            };
            serde_json::to_writer(&mut *out, &extracted)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

fn print_error(out: &mut impl Write, uri: &str, error: ExtractError, format: ExtractFormat) -> Result<()> {
    match format {
        ExtractFormat::Markdown | ExtractFormat::Text => {
            eprintln!("{} {uri}: {}", console::style("failed").red().bold().for_stderr(), error.message);
        }
        ExtractFormat::Jsonl => {
            serde_json::to_writer(&mut *out, &Extracted { uri, error: Some(error), ..Extracted::default() })?;
            writeln!(out)?;
        }
    }
    Ok(())
}

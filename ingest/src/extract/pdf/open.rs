//! Opens a PDF, sound or damaged.

use lopdf::{Document, LoadOptions, Object};

use super::budget::MAX_STREAM;
use crate::NoticeKind;

/// The most all object streams of a file may unfold to, in bytes.
const MAX_OBJECT_STREAMS: usize = 256 << 20;

/// What one object stream may unfold to, however many there are, in bytes.
const MIN_STREAM: usize = 256 << 10;

/// The document, or why it cannot be read.
pub(super) fn open(bytes: &[u8]) -> Result<Document, (NoticeKind, String)> {
    let max_stream = max_object_stream(bytes);
    let load = |force_reconstruct| {
        let options =
            LoadOptions { max_decompressed_size: Some(max_stream), force_reconstruct, ..LoadOptions::default() };
        Document::load_mem_with_options(bytes, options)
    };
    let document = match load(false) {
        Ok(document) if document.is_encrypted() || super::pages::exist(&document) => document,
        // The table of objects leads nowhere, or astray: they are looked for one by one.
        Ok(document) => load(true).ok().filter(super::pages::exist).unwrap_or(document),
        Err(error) if is_locked(&error) => return Err(refusal(bytes, &error)),
        Err(error) => load(true).map_err(|_| refusal(bytes, &error))?,
    };
    if document.is_encrypted() {
        return Err(needs_password());
    }
    Ok(document)
}

/// What each object stream may unfold to, so that all together stay within bounds.
fn max_object_stream(bytes: &[u8]) -> usize {
    let count = bytes.windows(7).filter(|word| *word == b"/ObjStm").count();
    (MAX_OBJECT_STREAMS / count.max(1)).clamp(MIN_STREAM, MAX_STREAM)
}

fn is_locked(error: &lopdf::Error) -> bool {
    use lopdf::Error::{Decryption, InvalidPassword, UnsupportedSecurityHandler};
    matches!(error, InvalidPassword | Decryption(_) | UnsupportedSecurityHandler(_))
}

fn needs_password() -> (NoticeKind, String) {
    (NoticeKind::Encrypted, "the PDF needs a password: save it without one".to_owned())
}

/// Why a PDF could not be opened.
fn refusal(bytes: &[u8], error: &lopdf::Error) -> (NoticeKind, String) {
    match error {
        lopdf::Error::InvalidPassword => needs_password(),
        lopdf::Error::Decryption(_) | lopdf::Error::UnsupportedSecurityHandler(_) => {
            let detail =
                format!("the PDF is encrypted in a way tamis cannot undo ({error}): save it without encryption");
            (NoticeKind::Encrypted, detail)
        }
        _ if bytes.is_empty() => (NoticeKind::Malformed, "the file has 0 bytes".to_owned()),
        _ => (NoticeKind::Malformed, format!("the PDF cannot be opened: {error}")),
    }
}

/// Whether an object is of that type, or does not say and has what such an object has.
pub(super) fn is_type(object: &Object, name: &[u8], mark: &[u8]) -> bool {
    object.as_dict().is_ok_and(|dictionary| match dictionary.get_type() {
        Ok(said) => said == name,
        Err(_) => dictionary.has(mark),
    })
}

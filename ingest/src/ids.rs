//! Names that stay the same across runs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Longest source name, in bytes.
const MAX_SOURCE_NAME: usize = 64;

/// The name of a source: 1 to 64 lower-case letters, digits, `-`, `_` or `.`, starting with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SourceName(String);

impl SourceName {
    /// Checks the name.
    ///
    /// # Errors
    /// [`Error::SourceName`] where the name breaks the rule above.
    pub fn new(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        let starts_well = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
        if starts_well && name.len() <= MAX_SOURCE_NAME && name.bytes().all(allowed) {
            Ok(Self(name))
        } else {
            Err(Error::SourceName { name })
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SourceName {
    type Error = Error;

    fn try_from(name: String) -> Result<Self> {
        Self::new(name)
    }
}

impl From<SourceName> for String {
    fn from(name: SourceName) -> Self {
        name.0
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A document's stable id, made from its source and URI; it survives revisions. 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentId(String);

impl DocumentId {
    /// The id of the document at `uri` in `source`.
    #[must_use]
    pub fn new(source: &SourceName, uri: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(source.as_str().as_bytes());
        hasher.update(&[0]);
        hasher.update(uri.as_bytes());
        Self(short_hex(&hasher))
    }
}

/// A chunk's stable id, made from its document, its text and how many equal chunks stand before it, so that an edit
/// elsewhere in the document leaves it as it was. 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChunkId(String);

impl ChunkId {
    /// The id of the chunk of `document` with this text; `repeat` counts equal chunks before it.
    #[must_use]
    pub fn new(document: &DocumentId, heading_path: &[String], text: &str, repeat: u32) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(document.as_str().as_bytes());
        for heading in heading_path {
            hasher.update(&[0]);
            hasher.update(heading.as_bytes());
        }
        hasher.update(&[1]);
        hasher.update(text.as_bytes());
        hasher.update(&repeat.to_le_bytes());
        Self(short_hex(&hasher))
    }
}

/// What both ids have in common: they are the first 128 bits of a hash.
macro_rules! hash_id {
    ($name:ident) => {
        impl $name {
            /// An id read back from storage.
            #[must_use]
            pub fn from_stored(id: String) -> Self {
                Self(id)
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The id of these 128 bits.
            #[must_use]
            pub fn from_bits(bits: u128) -> Self {
                Self(format!("{bits:032x}"))
            }

            /// Its 128 bits; `None` where what was stored is no 32 hexadecimal digits in lower case.
            #[must_use]
            pub fn bits(&self) -> Option<u128> {
                let digits = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                let as_made = self.0.len() == 32 && self.0.bytes().all(digits);
                as_made.then(|| u128::from_str_radix(&self.0, 16).ok()).flatten()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

hash_id!(DocumentId);
hash_id!(ChunkId);

/// The first 128 bits of a blake3 hash in hexadecimal: collisions need about 2^64 ids.
fn short_hex(hasher: &blake3::Hasher) -> String {
    hasher.finalize().to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_is_its_bits(number in any::<u128>(), text in ".{0,40}") {
            let id = ChunkId::from_bits(number);
            prop_assert_eq!(id.bits(), Some(number));
            let source = SourceName::new("source").unwrap();
            let document = DocumentId::new(&source, &text);
            prop_assert_eq!(document.bits().map(DocumentId::from_bits), Some(document));
        }
    }

    #[test]
    fn what_is_no_id_has_no_bits() {
        for text in ["", "c1", "ABCDEF0123456789abcdef0123456789", "+0000000000000000000000000000001"] {
            assert_eq!(DocumentId::from_stored(text.to_owned()).bits(), None, "{text}");
        }
    }
}

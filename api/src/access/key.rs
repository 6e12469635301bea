//! API keys: `tamis_<id>_<secret>`.
//!
//! The secret is 256 random bits, so that a plain hash protects it: what slow hashes are for is guessing, and there is
//! nothing to guess. The prefix lets secret scanners find keys that were committed by mistake.

use std::fmt::{self, Write as _};

use blake3::Hash;
use jiff::Timestamp;
use serde::Serialize;

use super::Scope;

const PREFIX: &str = "tamis_";
const ID_BYTES: usize = 6;
const SECRET_BYTES: usize = 32;

/// A key as the ledger knows it.
#[derive(Debug, Clone, Serialize)]
pub struct ApiKey {
    /// The part of the key that may be shown.
    pub id: String,
    /// Whose it is, or what for: what history and audit call its holder.
    pub name: String,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// From when on it is refused; none: never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Timestamp>,
}

/// A key just made: the only moment its secret is known.
pub struct NewKey {
    /// The part that may be shown.
    pub id: String,
    secret: String,
}

/// A key as a client sends it, taken apart.
pub(crate) struct Presented<'a> {
    pub(crate) id: &'a str,
    secret: &'a str,
}

impl NewKey {
    /// Makes a key of the system's randomness.
    ///
    /// # Errors
    /// Where the system has none to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        Ok(Self { id: random_hex::<ID_BYTES>()?, secret: random_hex::<SECRET_BYTES>()? })
    }

    /// What the ledger keeps of the secret.
    pub(crate) fn secret_hash(&self) -> String {
        blake3::hash(self.secret.as_bytes()).to_hex().to_string()
    }
}

impl fmt::Display for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}_{}", self.id, self.secret)
    }
}

impl<'a> Presented<'a> {
    /// Takes a key apart; none where it cannot be one.
    pub(crate) fn parse(key: &'a str) -> Option<Self> {
        let (id, secret) = key.strip_prefix(PREFIX)?.split_once('_')?;
        let fits = id.len() == 2 * ID_BYTES && secret.len() == 2 * SECRET_BYTES;
        fits.then_some(Self { id, secret })
    }

    /// Whether the secret is the one whose hash is kept, in time that does not tell where they differ.
    pub(crate) fn matches(&self, secret_hash: &str) -> bool {
        // Comparing two `blake3::Hash` takes constant time.
        Hash::from_hex(secret_hash).is_ok_and(|kept| blake3::hash(self.secret.as_bytes()) == kept)
    }
}

fn random_hex<const BYTES: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::with_capacity(2 * BYTES), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_itself_matches() {
        let (key, other) = (NewKey::random().unwrap(), NewKey::random().unwrap());
        let text = key.to_string();
        let presented = Presented::parse(&text).unwrap();
        assert_eq!(presented.id, key.id);
        assert!(presented.matches(&key.secret_hash()));
        assert!(!presented.matches(&other.secret_hash()));
        assert!(!presented.matches("not a hash"));
        assert!(!key.secret_hash().contains(&key.secret), "the secret is not kept");
    }

    #[test]
    fn what_is_no_key_is_none() {
        let whole = NewKey::random().unwrap().to_string();
        for text in ["", "tamis_", "tamis_1_2", "Bearer", &whole[1..], &whole[..whole.len() - 1], &format!("{whole}0")]
        {
            assert!(Presented::parse(text).is_none(), "{text}");
        }
    }
}

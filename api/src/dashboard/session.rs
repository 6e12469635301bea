//! Who looks at the dashboard: whoever is on this machine while there are no keys, and then who has signed in with one.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};

use super::failure::Failure;
use crate::access::{Principal, Scope};
use crate::http::{Problem, authentication};
use crate::service::Service;

/// The name of the session's cookie.
const COOKIE: &str = "tamis_session";
/// A session that nothing was asked in for so long has ended.
const IDLE: Duration = Duration::from_hours(12);
/// Most sessions at once; one more ends the one that has been idle the longest.
const MOST_SESSIONS: usize = 1_000;

/// What turns a session's id into the token of its forms.
static SECRET: LazyLock<[u8; 32]> = LazyLock::new(random);

/// Sessions by the hash of their id. The keys are held in memory only: a session is gone with the process, and asks the
/// ledger at every request, so that it ends with its key.
static SESSIONS: LazyLock<Mutex<HashMap<[u8; 32], Session>>> = LazyLock::new(Mutex::default);

struct Session {
    key: String,
    seen: Instant,
}

/// Who looks at a page.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    principal: Principal,
    token: String,
}

/// Whether a request may go on.
pub(super) enum Entry {
    /// It may.
    Open(Visitor),
    /// Whoever asks has to sign in first.
    SignIn,
    /// It may not.
    Refused(Failure),
}

impl Visitor {
    /// What history calls them.
    pub(super) fn name(&self) -> &str {
        &self.principal.name
    }

    /// Whether they signed in, and may sign out.
    pub(super) fn signed_in(&self) -> bool {
        self.principal.key.is_some()
    }

    /// Whether they may do what needs `scope`.
    pub(super) fn may(&self, scope: Scope) -> bool {
        self.principal.may(scope)
    }

    /// What their forms carry, and no other site knows.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Refuses a form that no page of theirs holds, or that they may not send.
    pub(super) fn check(&self, token: &str, scope: Scope) -> Result<(), Failure> {
        // Comparing two hashes takes constant time.
        if blake3::hash(token.as_bytes()) != blake3::hash(self.token.as_bytes()) {
            return Err(Failure::new(
                StatusCode::FORBIDDEN,
                "This page is too old",
                "You signed in anew, or the service was started again, since the page was loaded. Go back, load it \
                 again, and decide there.",
            ));
        }
        if !self.may(scope) {
            let detail = format!("This needs a key with the scope {}: {} has none.", scope.name(), self.name());
            return Err(Failure::new(StatusCode::FORBIDDEN, "Not allowed", detail));
        }
        Ok(())
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        // The guard in front of every page puts the visitor there.
        parts.extensions.get().cloned().ok_or_else(|| anyhow::anyhow!("a page without a guard").into())
    }
}

/// Who makes a request.
pub(super) async fn visitor(service: &Service, method: &Method, headers: &HeaderMap) -> Result<Entry, Problem> {
    if !service.ledger.has_keys().await? {
        return Ok(match authentication::local(method, headers) {
            Ok(principal) => Entry::Open(Visitor { principal, token: token("") }),
            Err(problem) => Entry::Refused(problem.into()),
        });
    }
    let Some(id) = session_id(headers) else { return Ok(Entry::SignIn) };
    let Some(key) = key_of(id, Instant::now()) else { return Ok(Entry::SignIn) };
    let Some(principal) = service.ledger.authenticate(&key).await? else { return Ok(Entry::SignIn) };
    Ok(Entry::Open(Visitor { principal, token: token(id) }))
}

/// Begins a session for the holder of a key, and returns its cookie. `secure` says that the visitor came by HTTPS.
pub(super) fn begin(key: &str, secure: bool) -> String {
    let id = blake3::Hash::from_bytes(random()).to_hex().to_string();
    let mut sessions = SESSIONS.lock().unwrap_or_else(PoisonError::into_inner);
    sessions.retain(|_, session| session.seen.elapsed() < IDLE);
    if sessions.len() >= MOST_SESSIONS
        && let Some(oldest) = sessions.iter().min_by_key(|(_, session)| session.seen).map(|(id, _)| *id)
    {
        sessions.remove(&oldest);
    }
    sessions.insert(*blake3::hash(id.as_bytes()).as_bytes(), Session { key: key.to_owned(), seen: Instant::now() });
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE}={id}; Path=/; HttpOnly; SameSite=Strict{secure}")
}

/// Ends the session of a request, and returns what takes its cookie away.
pub(super) fn end(headers: &HeaderMap) -> String {
    if let Some(id) = session_id(headers) {
        let mut sessions = SESSIONS.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.remove(blake3::hash(id.as_bytes()).as_bytes());
    }
    format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
}

fn key_of(id: &str, now: Instant) -> Option<String> {
    let mut sessions = SESSIONS.lock().unwrap_or_else(PoisonError::into_inner);
    let session = sessions.get_mut(blake3::hash(id.as_bytes()).as_bytes())?;
    if now.saturating_duration_since(session.seen) >= IDLE {
        return None;
    }
    session.seen = now;
    Some(session.key.clone())
}

fn session_id(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE && !value.is_empty()).then_some(value))
}

fn token(session: &str) -> String {
    blake3::keyed_hash(&SECRET, session.as_bytes()).to_hex().to_string()
}

/// 256 bits that nobody can guess.
fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    if let Err(problem) = getrandom::fill(&mut bytes) {
        // Version 7 ids draw on the same randomness, by another way; two hold about 140 bits of it.
        tracing::error!(%problem, "the system gives no randomness");
        let seed = format!("{}{}", uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
        bytes = blake3::derive_key("tamis dashboard session", seed.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn cookies(text: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(text).unwrap());
        headers
    }

    #[test]
    fn a_session_lasts_until_it_is_ended_or_idle() {
        let cookie = begin("the key", true);
        assert!(cookie.contains("; HttpOnly; SameSite=Strict; Secure"), "{cookie}");
        let pair = cookie.split(';').next().unwrap();
        let headers = cookies(&format!("other=1; {pair}; x=y"));
        let id = session_id(&headers).unwrap();
        assert_eq!(key_of(id, Instant::now()).as_deref(), Some("the key"));
        assert_eq!(key_of(id, Instant::now() + IDLE), None);
        assert_eq!(key_of(&id[1..], Instant::now()), None);
        assert!(end(&headers).contains("Max-Age=0"));
        assert_eq!(key_of(id, Instant::now()), None);
    }

    #[test]
    fn forms_carry_the_token_of_their_own_session() {
        let visitor = Visitor { principal: Principal::local(), token: token("mine") };
        assert!(visitor.check(&token("mine"), Scope::Review).is_ok());
        for other in ["", &token(""), &token("theirs"), &token("mine")[1..]] {
            assert!(visitor.check(other, Scope::Review).is_err(), "{other}");
        }
        let reader = Principal::holder("k".to_owned(), "eva".to_owned(), vec![Scope::Read]);
        let visitor = Visitor { principal: reader, token: token("mine") };
        assert!(visitor.check(&token("mine"), Scope::Review).is_err());
        assert!(visitor.check(&token("mine"), Scope::Read).is_ok());
    }
}

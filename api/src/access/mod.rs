//! Who may do what: API keys and their scopes.

mod key;
mod scope;

pub(crate) use key::Presented;
pub use key::{ApiKey, NewKey};
pub use scope::Scope;

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// What history and audit call them.
    pub name: String,
    /// The id of their key; none for whoever reaches a server without keys.
    pub key: Option<String>,
    scopes: Vec<Scope>,
}

impl Principal {
    /// Whoever reaches a server that has no keys: it listens to its own machine only, and they may do everything.
    #[must_use]
    pub fn local() -> Self {
        Self { name: "local".to_owned(), key: None, scopes: vec![Scope::Admin] }
    }

    /// The holder of a key.
    #[must_use]
    pub fn holder(key: String, name: String, scopes: Vec<Scope>) -> Self {
        Self { name, key: Some(key), scopes }
    }

    /// Whether they may do what needs `scope`.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.iter().any(|held| held.implies(scope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admin_implies_all_and_everything_implies_reading() {
        let holder = |scopes: &[Scope]| Principal::holder("k".to_owned(), "n".to_owned(), scopes.to_vec());
        assert!(Scope::ALL.into_iter().all(|scope| holder(&[Scope::Admin]).may(scope)));
        assert!(Scope::ALL.into_iter().all(|scope| holder(&[scope]).may(Scope::Read)));
        assert!(!holder(&[Scope::Read]).may(Scope::Review));
        assert!(!holder(&[Scope::Review]).may(Scope::Ingest));
        assert!(!holder(&[Scope::Ingest, Scope::Review]).may(Scope::Admin));
        assert!(!holder(&[]).may(Scope::Read));
    }
}

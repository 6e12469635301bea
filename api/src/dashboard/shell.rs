//! What all pages have around them: head, navigation, counts.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::failure::Failure;
use super::session::Visitor;
use super::{assets, format};
use crate::access::Scope;
use crate::ledger::Waiting;
use crate::service::Service;

/// A page in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Health,
    Queue,
    Conflicts,
    Duplicates,
    Search,
    Sources,
    Jobs,
    Policy,
    Reference,
}

/// What all pages have around them.
#[derive(Debug)]
pub(super) struct Shell {
    pub(super) title: String,
    tab: Option<Tab>,
    waiting: Waiting,
    visitor: Option<Visitor>,
}

/// A page's line in the navigation.
pub(super) struct Link {
    pub(super) path: &'static str,
    pub(super) label: &'static str,
    pub(super) current: bool,
    /// How much waits there; empty where nothing does.
    pub(super) badge: String,
    /// What is counted.
    pub(super) counted: &'static str,
}

impl Tab {
    const ALL: [Self; 9] = [
        Self::Health,
        Self::Queue,
        Self::Conflicts,
        Self::Duplicates,
        Self::Search,
        Self::Sources,
        Self::Jobs,
        Self::Policy,
        Self::Reference,
    ];

    fn path(self) -> &'static str {
        match self {
            Self::Health => "/",
            Self::Queue => "/quarantine",
            Self::Conflicts => "/conflicts",
            Self::Duplicates => "/duplicates",
            Self::Search => "/search",
            Self::Sources => "/sources",
            Self::Jobs => "/jobs",
            Self::Policy => "/policy",
            Self::Reference => "/docs",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Health => "Health",
            Self::Queue => "Review",
            Self::Conflicts => "Conflicts",
            Self::Duplicates => "Duplicates",
            Self::Search => "Search",
            Self::Sources => "Sources",
            Self::Jobs => "Jobs",
            Self::Policy => "Policy",
            Self::Reference => "API",
        }
    }
}

impl Shell {
    /// The shell of a page, with what is waiting for people.
    pub(super) async fn load(
        service: &Service,
        visitor: Visitor,
        tab: Tab,
        title: impl Into<String>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            title: title.into(),
            tab: Some(tab),
            waiting: service.ledger.waiting().await?,
            visitor: Some(visitor),
        })
    }

    /// A shell that asks the ledger nothing, for when it may be what failed.
    pub(super) fn bare(title: String) -> Self {
        Self { title, tab: None, waiting: Waiting::default(), visitor: None }
    }

    /// The navigation.
    pub(super) fn links(&self) -> impl Iterator<Item = Link> + '_ {
        Tab::ALL.into_iter().map(|tab| {
            let (count, counted) = match tab {
                Tab::Queue => (self.waiting.reviews, "waiting for review"),
                Tab::Conflicts => (self.waiting.conflicts, "open"),
                Tab::Jobs => (self.waiting.failed_jobs, "failed"),
                Tab::Health | Tab::Duplicates | Tab::Search | Tab::Sources | Tab::Policy | Tab::Reference => (0, ""),
            };
            Link {
                path: tab.path(),
                label: tab.label(),
                current: self.tab == Some(tab),
                badge: if count == 0 { String::new() } else { format::count(count) },
                counted,
            }
        })
    }

    /// How many jobs failed.
    pub(super) fn failed_jobs(&self) -> u64 {
        self.waiting.failed_jobs
    }

    /// The address of an asset.
    #[expect(clippy::unused_self, reason = "templates ask the shell")]
    pub(super) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// What every form carries.
    pub(super) fn token(&self) -> &str {
        self.visitor.as_ref().map_or("", Visitor::token)
    }

    /// Whether the visitor may decide about chunks.
    pub(super) fn may_review(&self) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.may(Scope::Review))
    }

    /// The name of a visitor who may sign out.
    pub(super) fn signed_in(&self) -> Option<&str> {
        self.visitor.as_ref().filter(|visitor| visitor.signed_in()).map(Visitor::name)
    }
}

/// A rendered page.
pub(super) fn page(template: &impl Template) -> Result<Response, Failure> {
    Ok(html(template.render()?))
}

/// An answer of HTML.
pub(super) fn html(text: String) -> Response {
    Html(text).into_response()
}

//! Links of a text to pages elsewhere.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

use crate::ByteSpan;

/// Longest URL looked at, in bytes: no server has to take more (RFC 9110, 4.1).
const MAX_LENGTH: usize = 8_000;

/// The web pages that a Markdown text links to, with the spans of the links, each URL once and without its fragment. What
/// is not meant to be followed is left out: addresses in code, of examples (RFC 2606) and of the machine itself, and those
/// with parts to be filled in.
#[must_use]
pub fn web_links(text: &str) -> Vec<(ByteSpan, String)> {
    let mut links: BTreeMap<String, ByteSpan> = BTreeMap::new();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES).into_offset_iter() {
        if let Event::Start(Tag::Link { link_type, dest_url, .. }) = event
            && link_type != LinkType::Email
            && let Some(url) = followed(&dest_url)
        {
            links.entry(url).or_insert_with(|| range.into());
        }
    }
    let mut links: Vec<_> = links.into_iter().map(|(url, span)| (span, url)).collect();
    links.sort();
    links
}

fn followed(target: &str) -> Option<String> {
    let url = target.split('#').next()?;
    let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase())?;
    let host = host(url)?;
    let filled_in_later =
        url.contains(['{', '}', '<', '>', '$', '*', '|', '`', '[', ']', '…', ' ']) || url.contains("...");
    let usable = matches!(scheme.as_str(), "http" | "https") && url.len() <= MAX_LENGTH && !filled_in_later;
    (usable && !is_reserved(&host)).then(|| url.to_owned())
}

/// The host of a URL, in lower case.
#[must_use]
pub fn host(url: &str) -> Option<String> {
    let authority = url.split_once("://")?.1.split(['/', '?']).next()?;
    let host = authority.rsplit('@').next()?;
    let name = if host.starts_with('[') { host.split(']').next()? } else { host.split(':').next()? };
    (!name.is_empty()).then(|| name.to_ascii_lowercase())
}

/// Names that lead nowhere by design: of examples and tests (RFC 2606, RFC 6761), of private networks, and of this
/// machine.
fn is_reserved(host: &str) -> bool {
    const TOP: [&str; 7] = ["example", "test", "invalid", "localhost", "local", "internal", "lan"];
    const DOMAINS: [&str; 3] = ["example.com", "example.org", "example.net"];
    let top = host.rsplit('.').next().unwrap_or_default();
    let within = |domain: &&str| host.strip_suffix(*domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    TOP.contains(&top) || !host.contains(['.', ':']) || DOMAINS.iter().any(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_are_meant_to_be_followed_are_found() {
        let text = "See [one](https://docs.acme.io/a#part), <https://b.org/x> and [two](HTTPS://c.org/a?b=c).\n\n\
                    Again [one](https://docs.acme.io/a#other).\n\n\
                    Not `https://code.io/`, [mail](mailto:a@b.org), [here](guide.md), [local](http://localhost:8080/),\n\
                    [ex](https://api.example.com/v1), [tpl](https://acme.io/{id}), [name](https://registry/v2).\n";
        let urls: Vec<String> = web_links(text).into_iter().map(|(_, url)| url).collect();
        assert_eq!(urls, ["https://docs.acme.io/a", "https://b.org/x", "HTTPS://c.org/a?b=c"]);
        let (span, _) = &web_links(text)[0];
        assert_eq!(&text[span.start()..span.end()], "[one](https://docs.acme.io/a#part)");
    }

    #[test]
    fn a_host_is_what_stands_between_user_and_port() {
        for (url, name) in [
            ("https://A.org:8443/x", Some("a.org")),
            ("https://user:pass@a.org/", Some("a.org")),
            ("https://[2001:db8::1]:80/", Some("[2001:db8::1")),
            ("https:///x", None),
            ("guide.md", None),
        ] {
            assert_eq!(host(url).as_deref(), name, "{url}");
        }
    }
}
